"""Frames in, frozen results out: who the customers are, what they like and what comes next."""
