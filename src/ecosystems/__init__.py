"""What the chapters share: tables, figures, maps and the editions made of them."""
