"""Posts that go out at their time: rows, the publisher, and the clock that wakes it."""
