"""The models that django-scim2 asks a project for."""
