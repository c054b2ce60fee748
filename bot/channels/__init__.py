"""The platforms: verify and open what comes in, translate and deliver what goes out."""
