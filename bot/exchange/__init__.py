"""Posts as files: read from CSV and JSON with a verdict a row, written as those and iCalendar."""
