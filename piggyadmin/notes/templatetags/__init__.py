"""What templates show of notes."""
