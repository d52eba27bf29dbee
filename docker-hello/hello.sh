#!/bin/sh
echo "hello from sample/hello-world, built by docker-hello in this project, on $(uname -n) ($(uname -m))"
