package document

import "strings"

// explicit reads what begins with two full stops: a directive, or something that is not shown.
func (r *rstReader) explicit(i, end, column int, kind Kind, depth int) int {
	text := strings.TrimLeft(r.lines[i], " \t")
	next := r.indented(i+1, end, column+1)
	if m := rstFootnote.FindString(text); m != "" {
		in := &run{}
		r.inline(in, strings.Join(append([]string{text[len(m):]}, r.lines[i+1:next]...), "\n"), i+1)
		r.add(kind, in, i+1, i+1)
		return next
	}
	if m := rstDirective.FindStringSubmatch(text); m != nil {
		r.directive(m[1], m[2], i, next, column, kind, depth)
	}
	return next
}

// directive reads a directive whose first line is i and whose content ends before end.
func (r *rstReader) directive(name, argument string, i, end, column int, kind Kind, depth int) {
	options, body := r.options(i+1, end, column+1)
	for body < end && r.lines[body] == "" {
		body++
	}
	content := func(kind Kind) {
		if body < end {
			r.blocks(body, end, r.leastIndent(body, end), kind, depth+1)
		}
	}
	show := func(kind Kind, text string) {
		in := &run{}
		r.inline(in, text, i+1)
		r.add(kind, in, i+1, i+1)
	}
	switch strings.ToLower(name) {
	case "code", "code-block", "sourcecode", "parsed-literal", "prompt", "math", "productionlist",
		"graphviz", "mermaid", "uml", "program-output", "highlight", "doctest", "testcode":
		r.literal(body, end)
	case "image", "figure":
		in := &run{}
		if target := options["target"]; target != "" {
			in.begin(r.resolve(target), i+1)
		}
		in.image(options["alt"], argument, i+1)
		in.end()
		r.add(kind, in, i+1, i+1)
		content(Paragraph)
	case "include", "literalinclude", "mdinclude":
		in := &run{}
		in.begin(argument, i+1)
		in.end()
		r.add(kind, in, i+1, i+1)
	case "toctree":
		r.toctree(body, end)
	case "raw":
		if strings.Contains(argument, "html") {
			readHTML(r.builder, strings.Join(r.lines[body:end], "\n"), body+1, kind)
		}
	case "contents", "meta", "index", "tabularcolumns", "currentmodule", "module", "default-role", "role",
		"only", "ifconfig", "container", "class", "cssclass", "rst-class", "list-table", "table", "grid", "card", "tabs", "tab-set":
		content(kind)
	case "csv-table":
		for n := body; n < end; n++ {
			r.row(strings.Split(r.lines[n], ","), n+1)
		}
	case "rubric":
		in := &run{}
		r.inline(in, argument, i+1)
		r.heading(boldLevel, in, i+1, i+1)
	case "epigraph", "pull-quote", "highlights":
		content(Quote)
	case "note", "warning", "tip", "hint", "important", "caution", "danger", "attention", "error", "seealso", "todo":
		if argument == "" || body > i+1 && (body == end || r.lines[body-1] == "" || rstOption.MatchString(r.lines[body-1])) {
			show(kind, argument)
			content(kind)
			return
		}
		inner := column + 3
		if body < end {
			inner = r.leastIndent(body, end)
		}
		r.withArgument(argument, i, end, min(inner, maxIndent), kind, depth+1)
	default:
		show(kind, argument)
		content(kind)
	}
}

// withArgument reads the content of an admonition whose first line is its argument, as if that stood indented like the rest.
func (r *rstReader) withArgument(argument string, i, end, column int, kind Kind, depth int) {
	line := r.lines[i]
	r.lines[i] = strings.Repeat(" ", column) + argument
	r.blocks(i, end, column, kind, depth)
	r.lines[i] = line
}

// toctree adds the pages that a table of contents lists, as links.
func (r *rstReader) toctree(i, end int) {
	for ; i < end; i++ {
		entry := strings.TrimSpace(r.lines[i])
		if entry == "" || entry[0] == ':' {
			continue
		}
		title, target := entry, entry
		if n := strings.LastIndex(entry, "<"); n > 0 && strings.HasSuffix(entry, ">") {
			title, target = entry[:n], entry[n+1:len(entry)-1]
		}
		in := &run{}
		in.link(title, target, i+1)
		r.add(Item, in, i+1, i+1)
	}
}
