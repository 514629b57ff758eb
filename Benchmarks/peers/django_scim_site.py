"""A Django project with django-scim2 and nothing that it does not need: `python django_scim_site.py DATABASE COUNT` makes the
tables and COUNT users; `gunicorn django_scim_site:application`, with the database in DJANGO_SCIM_DATABASE, serves them."""

import os
import sys

import django
from django.conf import settings

TOKEN = "bench-token"
DATABASE = os.environ.get("DJANGO_SCIM_DATABASE") or (sys.argv[1] if len(sys.argv) > 1 else ":memory:")

settings.configure(
    DEBUG=False,
    SECRET_KEY="benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "django_scim_bench"],
    AUTH_USER_MODEL="django_scim_bench.User",
    MIDDLEWARE=[f"{__name__}.bearer"],
    LOGGING_CONFIG=None,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATABASE,
            # Connections are kept, and a commit is on disk when it returns: the settings that serve it best.
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 30,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    },
    SCIM_SERVICE_PROVIDER={
        "NETLOC": "127.0.0.1",
        "SCHEME": "http",
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "bearer", "description": "bearer"}],
    },
)


class Client:
    is_authenticated = True


def bearer(get_response):
    """One token, looked at and nothing more."""

    def middleware(request):
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            request.user = Client()
        return get_response(request)

    return middleware


django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("scim/v2/", include("django_scim.urls", namespace="scim"))]
application = get_wsgi_application()


def main() -> None:
    from django.apps import apps
    from django.db import connection

    user = apps.get_model("django_scim_bench", "User")
    group = apps.get_model("django_scim_bench", "Group")
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType

    with connection.schema_editor() as editor:
        for model in (ContentType, Permission, Group, group, user):
            editor.create_model(model)
    users = [
        user(
            id=number + 1, scim_id=str(number + 1), username=name(number), scim_username=name(number),
            scim_external_id="", email=f"{name(number)}@mountainlab.io", first_name="Ana", last_name="Moreno",
        )
        for number in range(int(sys.argv[2]))
    ]
    user.objects.bulk_create(users, batch_size=500)


def name(number: int) -> str:
    return f"user-{number:07}"


if __name__ == "__main__":
    main()
