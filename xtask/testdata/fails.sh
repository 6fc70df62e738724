#!/bin/sh
# Stands in for an ftc-scan that cannot read its input.
echo 'cannot read it' >&2
exit 2
