#!/usr/bin/env bash
# Renders the pictures of this folder to the files beside it. Needs chromium and ImageMagick.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# render SOURCE WIDTH HEIGHT TARGET COLOURS
render() {
    printf '<!doctype html><body style="margin:0"><img src="file://%s" style="display:block;width:%spx;height:%spx">' \
        "$(realpath "$1")" "$2" "$3" >"$work/page.html"
    chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --allow-file-access-from-files \
        --default-background-color=00000000 --user-data-dir="$work/profile" \
        --window-size="$2,$3" --screenshot="$work/shot.png" "file://$work/page.html" 2>/dev/null
    convert "$work/shot.png" -crop "$2x$3+0+0" +repage -strip +dither -colors "$5" \
        -define png:compression-level=9 -define png:exclude-chunk=all "$4"
}

render touch-icon.svg 180 180 PNG8:../touch-icon.png 64
render missing-avatar.svg 400 400 PNG8:../missing-avatar.png 64
render missing-header.svg 1500 500 PNG8:../missing-header.png 160
render preview.svg 1200 630 PNG8:../preview.png 48
render ../favicon.svg 32 32 "PNG32:$work/32.png" 256
render ../favicon.svg 16 16 "PNG32:$work/16.png" 256
convert "$work/16.png" "$work/32.png" ../favicon.ico
