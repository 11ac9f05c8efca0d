package manifest

import "strings"

// ContactLink is a link that a forge offers to those who are about to open an issue.
type ContactLink struct {
	Name, URL, About string
	Line             int
}

// ContactLinks reads the configuration of issue templates (GitHub, ".github/ISSUE_TEMPLATE/config.yml").
func ContactLinks(text string) []ContactLink {
	var out []ContactLink
	for _, root := range parseYAML(text) {
		for _, l := range root.get("contact_links").list() {
			out = append(out, ContactLink{l.get("name").text(), l.get("url").text(), l.get("about").text(), l.line()})
		}
	}
	return out
}

// Contact is a contact that a declaration names.
type Contact struct {
	Value string // an address, or a URL
	Line  int
}

// SecurityContacts reads who takes vulnerability reports from security-insights.yml, of version 1 (security-contacts,
// vulnerability-reporting) or 2 (project.vulnerability-reporting).
func SecurityContacts(text string) []Contact {
	var out []Contact
	add := func(v *value) {
		if t := strings.TrimPrefix(v.text(), "mailto:"); t != "" {
			out = append(out, Contact{t, v.line()})
		}
	}
	for _, root := range parseYAML(text) {
		add(root.get("vulnerability-reporting").get("email-contact"))
		for _, c := range root.get("security-contacts").list() {
			add(c.get("value"))
		}
		reporting := root.get("project").get("vulnerability-reporting")
		add(reporting.get("contact").get("email"))
	}
	return out
}
