"""Reading what is there: whole lists, attributes, and what appeared since the plan was made."""
