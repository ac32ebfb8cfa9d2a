"""Plans and states: the view that every form is made from, text, Markdown, HTML, a graph."""
