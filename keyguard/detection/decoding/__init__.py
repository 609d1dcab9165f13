"""Text inside text: what base64, hexadecimal digits, escapes and split literals hide, with where it stands."""
