"""What comes back: status reports and replies taken in, kept, and matched with what was sent."""
