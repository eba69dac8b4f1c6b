#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# docs.sh BUILDER DIRECTORY: build Documentation/ with Sphinx, and fail on any warning.
# Runs in the tree, with the Sphinx that vm/sphinx.sh has put into build/sphinx.
set -eu
cd "$(dirname "$0")/../../../.."

# Debian's Sphinx looks for its themes in /usr/share. There is no conf.py (-C): all
# settings are here. -E: what was read before is read again, for its warnings.
sphinx=$(pwd)/build/sphinx/usr
PYTHONPATH=$sphinx/lib/python3/dist-packages exec python3 -m sphinx \
	-q -n -E -W --keep-going -C -b "$1" -d build/doctrees \
	-D project=cxl-dcd -D smartquotes=0 \
	-D extensions=sphinx.ext.autosectionlabel -D autosectionlabel_prefix_document=1 \
	-D html_theme=alabaster -D html_theme_path="$sphinx/share/sphinx/themes" \
	Documentation "$2"
