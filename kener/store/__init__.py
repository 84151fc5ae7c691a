"""Tables, migrations and questions to the database. No decisions."""
