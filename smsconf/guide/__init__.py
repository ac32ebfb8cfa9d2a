"""Where somebody stands on the way to a first message: the doctor's checks, and the steps of the guide."""
