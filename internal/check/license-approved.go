package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var licenseApproved = &Check{
	ID:      "license-approved",
	Name:    "Approved open source licence",
	Short:   "approved licence",
	Asks:    "Is the licence an approved open source licence?",
	Clause:  practice.ApprovedLicense,
	Why:     "A licence that OSI or the FSF approved can be used and combined without asking a lawyer each time.",
	Fix:     "Put the text of a licence that OSI approved into a file LICENSE and name its SPDX identifier in README.md.",
	Met:     "An approved licence covers the whole.",
	Partial: "An approved licence with added restrictions, or parts under other terms.",
	Unmet:   "No licence, or one that is not approved.",

	Needs:  repo.Files,
	Reads:  licensingFiles,
	Follow: licensingFollows,
	Judge:  judgeLicenseApproved,
}

func judgeLicenseApproved(v *View) Finding {
	l := licensingOf(v)
	f := l.approval()
	f.Licenses = l.expressions()
	return f
}

// approval weighs what the texts and statements say.
func (l *licensing) approval() Finding {
	free, other := l.split()
	switch {
	case len(l.terms) == 0:
		return l.withoutText()
	case len(free) == 0 && len(other) > 0:
		return unmet([]Evidence{other[0].evidence()}, "%s is neither approved by OSI nor free on the FSF's list", other[0].title())
	case len(free) == 0:
		d := l.terms[0].doc
		return unmet([]Evidence{whole(d, "read")}, "the text in %s is no licence that OSI or the FSF lists", d.Place())
	}
	main := free[0]
	evidence := []Evidence{main.evidence()}
	if len(l.limits) > 0 {
		r := l.limits[0]
		f := partial(append(evidence, at(r.doc, r.line, r.line, "what is added")), "%s adds %s to %s", r.doc.Place(), r.says, main.title())
		f.Fix = "Leave the text of the licence as it is approved, without terms or readings added to it."
		return f
	}
	if len(other) > 0 && !l.choice {
		return partial(append(evidence, other[0].evidence()), "%s covers only a part, another is under %s, which is not approved", main.title(), other[0].title())
	}
	for i := range l.terms {
		t := &l.terms[i]
		switch read := []Evidence{whole(t.doc, "read")}; {
		case t.altered:
			return partial(read, "%s is headed %s, but it is not the text of that licence", t.doc.Place(), t.ids[0])
		case t.own:
			return partial(read, "%s puts terms of its own beside the text of %s", t.doc.Place(), licenseTitle(t.ids[0]))
		case len(t.ids) == 0 && !l.choice:
			return partial(append(evidence, read...), "%s is approved, but %s holds terms that are on no list", main.title(), t.doc.Place())
		}
	}
	for i := range l.parts {
		if p := &l.parts[i]; p.says != "" {
			evidence = append(evidence, at(p.doc, p.line, p.line, "licence of a part"))
			if id, ok := strings.CutPrefix(p.doc.Place(), reuseFolder); ok {
				return partial(evidence, "%s is approved, but some files are under %s, which is not", main.title(), licenseTitle(strings.TrimSuffix(id, path.Ext(id))))
			}
			return partial(evidence, "%s is approved, but %s is under %s", main.title(), path.Dir(p.doc.Place()), p.says)
		}
	}
	if strings.Contains(main.doc.Path, "/") {
		return approvedTerms(free)
	}
	return met(evidence, "%s is %s", main.title(), cmp.Or(approvedBy(main.id), "approved by OSI"))
}

// fewTerms is how many licences a reason names.
const fewTerms = 3

// approvedTerms is the verdict on a folder with the texts of approved licences, none of which stands before the others.
func approvedTerms(free []term) Finding {
	var names []string
	var evidence []Evidence
	by := ""
	for _, t := range free {
		if slices.ContainsFunc(names, func(name string) bool { return alike(name, t.id) }) {
			continue
		}
		if who := cmp.Or(approvedBy(t.id), "approved by OSI"); by == "" {
			by = who
		} else if by != who {
			by = "approved by OSI or free on the FSF's list"
		}
		if names = append(names, t.id); len(names) <= fewTerms {
			evidence = append(evidence, t.evidence())
		}
	}
	switch {
	case len(names) == 1:
		return met(evidence, "%s is %s", names[0], by)
	case len(names) > fewTerms:
		names = append(names[:fewTerms], "others")
	}
	return met(evidence, "%s are %s", enumerate(names), by)
}

// withoutText is the verdict where no file holds a licence: a statement has to do.
func (l *licensing) withoutText() Finding {
	for i := range l.statements {
		s := &l.statements[i]
		if s.source == byBadge || s.source == byClassifier || s.source == byHeader {
			continue
		}
		id, evidence := s.ids[0], []Evidence{s.evidence()}
		approved, parsed := expressionApproved(s.text)
		if !parsed || s.source != byMetadata {
			approved = approvedBy(id) != "" || approvedFamily(id)
		}
		switch {
		case approved && s.source == byNotice:
			return met(evidence, "a notice in %s grants %s, which is %s", s.doc.Place(), id, approvedBy(id))
		case approved:
			f := partial(evidence, "%s names %s, but no file holds a licence text", s.doc.Place(), id)
			f.Fix = "Put the text of the licence into a file LICENSE."
			return f
		case id == publicDomain:
			return partial(evidence, "%s speaks of the public domain, which is no licence everywhere", s.doc.Place())
		default:
			return unmet(evidence, "%s is neither approved by OSI nor free on the FSF's list", licenseTitle(id))
		}
	}
	if l.empty != nil {
		return unmet([]Evidence{whole(l.empty, "read")}, "%s is empty", l.empty.Place())
	}
	if s := l.header(); s != nil {
		if id := s.ids[0]; approvedBy(id) != "" || approvedFamily(id) {
			return partial([]Evidence{s.evidence()}, "headers such as that of %s name %s, but no file holds a licence text", s.doc.Place(), id)
		}
		return unmet([]Evidence{s.evidence()}, "headers such as that of %s name %s, which is neither approved by OSI nor free on the FSF's list",
			s.doc.Place(), licenseTitle(s.ids[0]))
	}
	return unmet(nil, "no licence is stated")
}

// header returns the first header of a source file that names the licence that the headers of several files agree on, nil if they
// name none or several: one file alone may be somebody else's, if it does not stand at the root.
func (l *licensing) header() *statement {
	var first *statement
	files := 0
	for i := range l.statements {
		switch s := &l.statements[i]; {
		case s.source != byHeader:
		case first == nil:
			first, files = s, 1
		case !alike(s.ids[0], first.ids[0]):
			return nil
		case s.doc != first.doc:
			files++
		}
	}
	if files < 2 && first != nil && strings.Contains(first.doc.Path, "/") {
		return nil
	}
	return first
}

// approvedFamily reports whether every version of a licence that is named without one is approved.
func approvedFamily(id string) bool {
	return slices.Contains([]string{"AGPL", "GPL", "LGPL", "Apache", "BSD", "MPL", "EUPL"}, id)
}

// term is one licence that a text of the project lays down.
type term struct {
	id   string
	doc  *Doc
	line int
}

func (t term) title() string      { return licenseTitle(t.id) }
func (t term) evidence() Evidence { return at(t.doc, t.line, t.line, "licence") }

func licenseTitle(id string) string {
	switch id {
	case "LicenseRef-Proprietary":
		return "a proprietary licence"
	case "LicenseRef-own-terms":
		return "terms of its own"
	case "LicenseRef-Community":
		return "a community licence"
	}
	return strings.TrimPrefix(id, "LicenseRef-")
}

// split divides the licences of the project's texts into approved ones and others.
func (l *licensing) split() (free, other []term) {
	for i := range l.terms {
		t := &l.terms[i]
		for j, id := range t.ids {
			switch one := (term{id, t.doc, t.lines[j]}); {
			case approvedBy(id) != "" || approvedFamily(id):
				free = append(free, one)
			case id != publicDomain:
				other = append(other, one)
			}
		}
	}
	return free, other
}

// expressions returns the licences of the project as SPDX expressions, sorted: one, or one for each part.
func (l *licensing) expressions() []string {
	var ids []string
	add := func(names []string) {
		for _, id := range names {
			if id = l.refine(id); id != publicDomain && len(expressionIDs(id)) == 1 && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	for i := range l.terms {
		add(l.terms[i].ids)
	}
	for i := range l.statements {
		if s := &l.statements[i]; len(l.terms) == 0 && s.source != byBadge && s.source != byClassifier && s.source != byHeader {
			add(s.ids)
		}
	}
	if s := l.header(); s != nil && len(ids) == 0 && len(l.terms) == 0 {
		add(s.ids)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { // the text of a licence beside a notice that says more
		return slices.Contains(ids, id+"-or-later") || slices.Contains(ids, id+"-only")
	})
	slices.Sort(ids)
	if l.choice && len(ids) > 1 {
		return []string{strings.Join(ids, " OR ")}
	}
	return ids
}

// refine adds whether later versions may be used, if the project says so with one voice. Metadata speak in SPDX
// expressions, so they are asked first, those of a part after the words on the whole; classifiers have no words for it.
func (l *licensing) refine(id string) string {
	if m := gnuForm.FindStringSubmatch(id); m == nil || m[3] != "" {
		return id
	}
	for _, voice := range []struct {
		source source
		part   bool
	}{{byMetadata, false}, {byNotice, false}, {bySentence, false}, {byMetadata, true}, {byTag, false}, {byHeader, false}} {
		var said []string
		for i := range l.statements {
			s := &l.statements[i]
			if s.source != voice.source || s.source == byMetadata && strings.Contains(s.doc.Path, "/") != voice.part {
				continue
			}
			for _, other := range s.ids {
				if (other == id+"-only" || other == id+"-or-later") && !slices.Contains(said, other) {
					said = append(said, other)
				}
			}
		}
		switch len(said) {
		case 1:
			return said[0]
		case 2:
			return id
		}
	}
	return id
}
