#!/bin/sh
# start.sh -- As an image's entry point often is: the shell stays.
#
# SPDX-License-Identifier: Apache-2.0
echo "starting on $PORT"
node server.js
echo "stopped"
