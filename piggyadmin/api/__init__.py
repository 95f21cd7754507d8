"""A door for programs: every registered action over HTTP, and for assistants over MCP."""
