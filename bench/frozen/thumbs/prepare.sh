# Photos of noise, 1.5 MB each.
mkdir photos
for name in harbour market tower viaduct; do
    {
        printf 'P6\n840 600\n255\n'
        python3 "$FILLER" 40000 "${#name}" | head -c 1512000
    } >"photos/$name.ppm"
done
