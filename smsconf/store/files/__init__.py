"""The home of the store in a project's folder, `.smsconf/`: JSON lines and SQLite.

It orders the processes of one machine.
"""
