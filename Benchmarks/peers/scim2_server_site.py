"""scim2-server's own WSGI application with its storage in memory, as its documentation builds it: `gunicorn scim2_server_site:application`
with one worker, for the storage is that process's. Its command serves a connection for each request, eight of which overrun its
queue of five; behind gunicorn it is faster."""

from scim2_server.memory import InMemoryStorage
from scim2_server.testserver.application import BearerTokenApplication
from scim2_server.utils import load_default_provider

application = BearerTokenApplication(InMemoryStorage(), load_default_provider(), bearer_tokens=["bench-token"])
