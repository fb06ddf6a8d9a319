//! Text as people write it and as peers send it: scanning, rendering, cleaning, counting.
