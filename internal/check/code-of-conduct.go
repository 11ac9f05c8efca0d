package check

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

// conductFiles are the places of a code of conduct, in English, German, French, Spanish and Polish.
var conductFiles = []string{
	"{,.github/,.gitlab/,.gitea/,.forgejo/}{code[-_ ]of[-_ ]conduct,codeofconduct,conduct,coc,verhaltenskodex,code[-_]de[-_]conduite,codigo[-_]de[-_]conducta,kodeks*}{,.*}",
	"{docs,doc}/**/{code[-_ ]of[-_ ]conduct,codeofconduct,conduct}{,.*}",
	"**/code[-_ ]of[-_ ]conduct.{md,rst,txt,adoc}",
}

var codeOfConduct = &Check{
	ID:      "code-of-conduct",
	Name:    "Code of conduct",
	Short:   "code of conduct",
	Asks:    "Is there a code of conduct?",
	Clause:  practice.CodeOfConduct,
	Why:     "A welcoming environment brings users to contribute.",
	Fix:     "Add CODE_OF_CONDUCT.md with a contact that is filled in (model: Contributor Covenant 2.1).",
	Met:     "A complete code of conduct with a contact.",
	Partial: "A link only, or the contact was never filled in.",
	Unmet:   "No code of conduct.",

	Needs:  repo.Files,
	Reads:  append(slices.Clip(conductFiles), "{,.github/,docs/}{contributing*,readme*,community*,governance*}", issueFormFolders),
	Follow: []string{"**/*conduct*"},
	Judge:  judgeCodeOfConduct,
}

var (
	// conductHeading is how headings and file names call a code of conduct.
	conductHeading = pattern.New(`(?i)code of conduct|community (?:participation )?guidelines|community standards|verhaltenskodex` +
		`|code de conduite|c[oó]digo de conducta|kodeks post[eę]powania`)
	// vagueName is what some call their rules for issues and changes; outside a text on conduct the address must tell by a ruleWord.
	vagueName = pattern.New(`(?i)^\W*(?:our |the )?community (?:guidelines|standards)\W*$`)
	ruleWord  = pattern.New(`(?i)conduct|guidelines|standards`)
	// conductAddress is a page on the conduct of an organisation's projects: https://example.org/conduct.
	conductAddress = pattern.New(`(?i)^https?://[^?#]*/conduct/?$`)
	// placeholders are left over from a template: [INSERT EMAIL ADDRESS], <your contact>.
	placeholders = pattern.New(`(?i)\[(?:insert|your|add|enter|contact|e-?mail|todo)[^\]]{0,60}\]` +
		`|<(?:insert|your|add|enter|todo)[^>]{0,60}>|\b(?:your|insert)[-_.]?e?mail@`)
	// addressForm matches a mail address, also one that is hidden from harvesters: "name [at] host [dot] org".
	addressForm = pattern.New(`(?i)[\w.+-]+(?:@|\s*(?:\[ ?(?:at|@) ?\]|\( ?(?:at|@) ?\))\s*)[\w-]+(?:(?:\.` +
		`|\s*(?:\[ ?(?:dot|\.) ?\]|\( ?dot ?\))\s*|\s+dot\s+)[\w-]+)+|[\w.+-]+\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+`)
	// reportForm are the words by which a text says to whom one reports.
	reportForm = pattern.New(`(?i)\breport|\bcontact|\bcomplain|\benforce|meld|signaler|contacter|zg[łl]asza`)
)

// covenants tell the versions of the Contributor Covenant by words that only one has.
var covenants = []struct {
	form    *pattern.Pattern
	version string
}{
	{pattern.New(`(?i)version 3\.0|/version/3/0|addressing and repairing harm|encouraged behaviors`), "3.0"},
	{pattern.New(`(?i)version 2\.1|/version/2/1`), "2.1"},
	{pattern.New(`(?i)version 2\.0|/version/2/0|community impact`), "2.0"},
	{pattern.New(`(?i)version 1\.4|/version/1/4|examples of behavior that contributes to creating a positive environment`), "1.4"},
}

// conductPointer is how many words a text has at most that leads to the code of conduct elsewhere.
const conductPointer = 90

// conductWords is how many words the shortest code of conduct has: less is a remark or a pointer.
const conductWords = 30

func judgeCodeOfConduct(v *View) Finding {
	var pointer, remark *Evidence
	files := v.Matching(conductFiles...)
	for _, d := range v.Docs {
		if slices.Contains(files, d) || conductHeading.MatchString(spaced(d.Path)) {
			text, links := allText(d.Document())
			n := len(strings.Fields(text))
			if n >= conductWords && (n > conductPointer || !leadsToConduct(d)) {
				return judgeConductText(d, text, links)
			}
			switch {
			case strings.TrimSpace(d.Content()) == "":
			case len(links) == 0 && !strings.Contains(text, "://") && n < conductWords:
				remark = cmp.Or(remark, &Evidence{Path: d.Place(), Line: 1, Note: "a remark"})
			case pointer == nil:
				pointer = &Evidence{Path: d.Place(), Line: 1, Note: "points elsewhere"}
			}
		}
	}
	for _, d := range v.Docs {
		if slices.Contains(files, d) {
			continue
		}
		doc := d.Document()
		for i, s := range doc.Sections {
			if !conductHeading.MatchString(s.Heading) {
				continue
			}
			if text := sectionText(doc, i); len(strings.Fields(text)) >= 2*conductWords {
				return met([]Evidence{at(d, s.Line, s.End, "code of conduct")}, "%s has a section that lays down the conduct", d.Place())
			}
		}
		for _, b := range doc.Blocks {
			if i := slices.IndexFunc(b.Links, leadsAway); pointer == nil && i >= 0 {
				pointer = &Evidence{Path: d.Place(), Line: b.Links[i].Line, Note: "links to one"}
			}
		}
	}
	if pointer != nil {
		return partial([]Evidence{*pointer}, "%s only points to a code of conduct elsewhere", pointer.Path)
	}
	if remark != nil {
		return partial([]Evidence{*remark}, "%s is a remark without rules and without a contact", remark.Path)
	}
	return unmet(nil, "there is no code of conduct")
}

func judgeConductText(d *Doc, text string, links []document.Link) Finding {
	title := []Evidence{at(d, 1, 1, "code of conduct")}
	if m := placeholders.FindString(text); m != "" {
		f := partial([]Evidence{at(d, lineOf(d, m), 0, "not filled in")}, "the contact in %s was never filled in", d.Place())
		f.Fix = "Fill in the contact in " + d.Place() + "."
		return f
	}
	covenant := strings.Contains(text, "Contributor Covenant") || strings.Contains(text, "examples of behavior that contributes")
	name := "a code of conduct of its own"
	if covenant {
		name = "the Contributor Covenant"
		for _, c := range covenants {
			if c.form.MatchString(text) || slices.ContainsFunc(links, func(l document.Link) bool { return c.form.MatchString(l.Target) }) {
				name += " " + c.version
				hit := pattern.New(`(?i)version ` + regexp.QuoteMeta(c.version)).FindStringIndex(d.Content())
				if hit == nil {
					hit = c.form.FindStringIndex(d.Content())
				}
				if hit != nil {
					line := lineAt(d.Content(), hit[0])
					title = []Evidence{at(d, line, line, "version "+c.version)}
				}
				break
			}
		}
	}
	contact := addressForm.FindString(text)
	for _, l := range links {
		if contact == "" && strings.HasPrefix(strings.ToLower(l.Target), "mailto:") {
			contact = l.Target
		}
	}
	if contact != "" {
		return met(append(title, at(d, lineOf(d, contact), 0, "contact")), "%s is %s, with a contact", d.Place(), name)
	}
	for _, b := range d.Document().Blocks {
		if len(b.Links) == 0 || !reportForm.MatchString(b.Text) {
			continue
		}
		for _, l := range b.Links {
			if !l.Image && !strings.Contains(l.Target, "contributor-covenant.org") && !strings.HasPrefix(l.Target, "#") {
				return met(append(title, at(d, l.Line, l.Line, "contact")), "%s is %s, with a contact", d.Place(), name)
			}
		}
	}
	if covenant {
		return partial(title, "%s is %s, but names no contact to report to", d.Place(), name)
	}
	return met(title, "%s is %s", d.Place(), name)
}

// leadsToConduct reports whether a document has a link to the code of conduct itself; one to the model of the text is none.
func leadsToConduct(d *Doc) bool {
	return slices.ContainsFunc(d.Document().Links(), func(l document.Link) bool {
		return isConductLink(l) && !strings.Contains(l.Target, "contributor-covenant.org")
	})
}

// leadsAway reports whether a link leads to a code of conduct elsewhere by more than a vague name.
func leadsAway(l document.Link) bool {
	return isConductLink(l) && (!vagueName.MatchString(l.Text) || ruleWord.MatchString(l.Target))
}

func isConductLink(l document.Link) bool {
	named := conductHeading.MatchString(l.Text) || conductHeading.MatchString(spaced(l.Target))
	return !l.Image && strings.Contains(l.Target, "://") && (named || conductAddress.MatchString(l.Target))
}

// allText joins the text of a document and its links.
func allText(d *document.Document) (string, []document.Link) {
	var text strings.Builder
	var links []document.Link
	for i := range d.Blocks {
		text.WriteString(d.Blocks[i].Text)
		text.WriteByte('\n')
		links = append(links, d.Blocks[i].Links...)
	}
	return text.String(), links
}
