import json
import os
import threading

import psycopg2

connections = threading.local()


def connection():
    if getattr(connections, "own", None) is None:
        connections.own = psycopg2.connect(os.environ["DATABASE_URL"])
        connections.own.autocommit = True
    return connections.own


def app(environ, start_response):
    with connection().cursor() as cursor:
        cursor.execute("SELECT count(*), current_database() FROM generate_series(1, 100)")
        count, database = cursor.fetchone()
    body = json.dumps({"rows": count, "database": database}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
