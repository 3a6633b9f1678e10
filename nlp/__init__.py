"""What a customer's words mean and what to answer: text in, values out, nothing else touched."""
