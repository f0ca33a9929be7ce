/*
 * What `config` of two versions printed for one file with most of what a service can have, in /home/user/shop.
 */

/** docker-compose 1.29.2. */
export const printedBy1 = `networks:
  back:
    internal: true
  front: {}
services:
  cache:
    image: redis
    networks:
      back: null
  db:
    container_name: mydb
    environment:
      POSTGRES_PASSWORD: x
    image: postgres:16
    networks:
      back:
        aliases:
        - database
    ports:
    - published: 5432
      target: 5432
    volumes:
    - data:/var/lib/postgresql/data:rw
  migrate:
    command: psql
    depends_on:
      db:
        condition: service_started
    image: postgres:16
    networks:
      back: null
  web:
    build:
      context: /home/user/shop/app
    cap_add:
    - NET_ADMIN
    command: node server.js --port 8080 --price '$$5'
    depends_on:
      db:
        condition: service_healthy
      migrate:
        condition: service_completed_successfully
    entrypoint:
    - tini
    - --
    environment:
      DATABASE_URL: postgres://app:secret@db:5432/app
      FROM_FILE: "yes"
      MOTD: costs $$5
      PASSED: null
    expose:
    - '8080'
    extra_hosts:
    - a:1.2.3.4
    healthcheck:
      interval: 5s
      test:
      - CMD
      - "true"
    init: true
    labels:
      a: b
    links:
    - cache:redis
    logging:
      driver: json-file
      options:
        max-size: 1m
    mem_limit: 100m
    networks:
      back: null
      front: null
    ports:
    - published: 8080
      target: 8080
    - 127.0.0.1:9229:9229/tcp
    read_only: true
    restart: always
    shm_size: 64m
    stop_grace_period: 5s
    tmpfs:
    - /tmp
    ulimits:
      nofile: 1024
    user: '1000'
    volumes:
    - /home/user/shop/site:/srv/site:ro
    - uploads:/srv/uploads:rw
    - /var/cache
    working_dir: /srv
  worker:
    depends_on:
      db:
        condition: service_started
    image: worker
version: '3.9'
volumes:
  data:
    driver_opts: {}
  uploads: {}
`;

/** Docker Compose 2.26.1, with --format json. */
export const printedBy2 = `{
  "name": "shop",
  "networks": {
    "back": {
      "name": "shop_back",
      "ipam": {},
      "internal": true
    },
    "default": {
      "name": "shop_default",
      "ipam": {}
    },
    "front": {
      "name": "shop_front",
      "ipam": {}
    }
  },
  "services": {
    "cache": {
      "command": null,
      "entrypoint": null,
      "image": "redis",
      "networks": {
        "back": null
      }
    },
    "db": {
      "command": null,
      "container_name": "mydb",
      "entrypoint": null,
      "environment": {
        "POSTGRES_PASSWORD": "x"
      },
      "image": "postgres:16",
      "networks": {
        "back": {
          "aliases": [
            "database"
          ]
        }
      },
      "ports": [
        {
          "mode": "ingress",
          "target": 5432,
          "published": "5432",
          "protocol": "tcp"
        }
      ],
      "volumes": [
        {
          "type": "volume",
          "source": "data",
          "target": "/var/lib/postgresql/data",
          "volume": {}
        }
      ]
    },
    "migrate": {
      "command": [
        "psql"
      ],
      "depends_on": {
        "db": {
          "condition": "service_started",
          "required": true
        }
      },
      "entrypoint": null,
      "image": "postgres:16",
      "networks": {
        "back": null
      }
    },
    "web": {
      "build": {
        "context": "/home/user/shop/app",
        "dockerfile": "Dockerfile"
      },
      "cap_add": [
        "NET_ADMIN"
      ],
      "command": [
        "node",
        "server.js",
        "--port",
        "8080",
        "--price",
        "$$5"
      ],
      "depends_on": {
        "cache": {
          "condition": "service_started",
          "restart": true,
          "required": true
        },
        "db": {
          "condition": "service_healthy",
          "required": true
        },
        "migrate": {
          "condition": "service_completed_successfully",
          "required": true
        }
      },
      "entrypoint": [
        "tini",
        "--"
      ],
      "environment": {
        "DATABASE_URL": "postgres://app:secret@db:5432/app",
        "FROM_FILE": "yes",
        "MOTD": "costs $$5",
        "PASSED": null
      },
      "expose": [
        "8080"
      ],
      "extra_hosts": [
        "a=1.2.3.4"
      ],
      "healthcheck": {
        "test": [
          "CMD",
          "true"
        ],
        "interval": "5s"
      },
      "init": true,
      "labels": {
        "a": "b"
      },
      "links": [
        "cache:redis"
      ],
      "logging": {
        "driver": "json-file",
        "options": {
          "max-size": "1m"
        }
      },
      "mem_limit": "104857600",
      "networks": {
        "back": null,
        "front": null
      },
      "ports": [
        {
          "mode": "ingress",
          "target": 8080,
          "published": "8080",
          "protocol": "tcp"
        },
        {
          "mode": "ingress",
          "host_ip": "127.0.0.1",
          "target": 9229,
          "published": "9229",
          "protocol": "tcp"
        }
      ],
      "read_only": true,
      "restart": "always",
      "shm_size": "67108864",
      "stop_grace_period": "5s",
      "tmpfs": [
        "/tmp"
      ],
      "ulimits": {
        "nofile": 1024
      },
      "user": "1000",
      "volumes": [
        {
          "type": "bind",
          "source": "/home/user/shop/site",
          "target": "/srv/site",
          "read_only": true,
          "bind": {
            "create_host_path": true
          }
        },
        {
          "type": "volume",
          "source": "uploads",
          "target": "/srv/uploads",
          "volume": {}
        },
        {
          "type": "volume",
          "target": "/var/cache",
          "volume": {}
        }
      ],
      "working_dir": "/srv"
    },
    "worker": {
      "command": null,
      "depends_on": {
        "db": {
          "condition": "service_started",
          "required": true
        }
      },
      "entrypoint": null,
      "image": "worker",
      "networks": {
        "default": null
      }
    }
  },
  "volumes": {
    "data": {
      "name": "shop_data"
    },
    "uploads": {
      "name": "shop_uploads"
    }
  }
}
`;
