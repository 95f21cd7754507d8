"""Second factors: apps that show codes, passkeys and recovery codes, and who needs one."""
