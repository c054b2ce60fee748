"""What people see: neutral cards, words and pictures, with each platform's limits checked when they are built."""
