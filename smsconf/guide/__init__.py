"""What keeps a newcomer company: the doctor's checks, the first project, the steps to the first message."""
