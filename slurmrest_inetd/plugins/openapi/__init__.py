"""What this server says of itself: its OpenAPI document."""
