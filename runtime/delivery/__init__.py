"""How updates come in and are confirmed: only when they have been handled; chats side by side."""
