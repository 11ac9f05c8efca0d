package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var licenseConsistency = &Check{
	ID:      "license-consistency",
	Name:    "Consistency of licence statements",
	Short:   "consistency of licence statements",
	Asks:    "Do licence text, README, package metadata and file headers agree?",
	Clause:  practice.ThisProject,
	Why:     "Contradicting statements leave a user unsure what the licence is.",
	Fix:     "State the same SPDX licence expression in LICENSE, README, package metadata and file headers (model: REUSE).",
	Met:     "They agree, or other parts are clearly delineated.",
	Partial: "They differ in version or scope.",
	Unmet:   "They contradict each other.",

	Needs:  repo.Files,
	Reads:  licensingFiles,
	Follow: licensingFollows,
	Judge:  judgeLicenseConsistency,
}

func judgeLicenseConsistency(v *View) Finding {
	l := licensingOf(v)
	said := l.formal()
	if s := l.header(); s != nil && len(l.terms) == 0 && len(said) == 0 {
		return met([]Evidence{s.evidence()}, "the headers that were read, such as that of %s, agree on %s", s.doc.Place(), licenseTitle(s.ids[0]))
	}
	if len(l.terms) == 0 && len(said) == 0 {
		return notApplicable("no licence is stated anywhere")
	}
	main := l.mainIDs(said)
	if f := l.contradiction(main, said); f != nil {
		return *f
	}
	if f := l.regimes(); f != nil {
		return *f
	}
	if f := l.later(said); f != nil {
		return *f
	}
	if l.promise != nil && len(l.parts) == 0 {
		return partial([]Evidence{l.promise.evidence()}, "%s promises licence files in the folders of other parts, and there is none", l.promise.doc.Place())
	}
	var evidence []Evidence
	var places []string
	for i := range l.terms {
		evidence = append(evidence, l.terms[i].evidence())
		places = append(places, l.terms[i].doc.Place())
	}
	for _, s := range said {
		agrees := slices.ContainsFunc(s.ids, func(id string) bool { return slices.ContainsFunc(main, func(m string) bool { return alike(id, m) }) })
		if agrees && len(evidence) < 4 && !slices.Contains(places, s.doc.Place()) {
			evidence = append(evidence, s.evidence())
			places = append(places, s.doc.Place())
		}
	}
	if len(places) < 2 {
		return met(evidence, "%s states %s, and nothing contradicts it", places[0], licenseTitle(main[0]))
	}
	if len(l.terms) > 1 && !slices.ContainsFunc(l.terms[1].ids, func(id string) bool { return alike(id, main[0]) }) {
		return met(evidence, "%s and %s hold licences of the project, and nothing contradicts them", places[0], places[1])
	}
	return met(evidence, "%s and %s agree on %s", places[0], places[1], licenseTitle(main[0]))
}

// formal returns the statements that speak for the whole project: those of the README and the documentation, of the
// metadata at the root, and of headers that speak of the software. A header or tag speaks of its file only.
func (l *licensing) formal() []*statement {
	var out []*statement
	for i := range l.statements {
		switch s := &l.statements[i]; s.source {
		case byMetadata, byClassifier:
			if !strings.Contains(s.doc.Path, "/") {
				out = append(out, s)
			}
		case byNotice, bySentence, byBadge:
			out = append(out, s)
		}
	}
	return out
}

// mainIDs returns the licences of the project: those of the texts, else what is stated first.
func (l *licensing) mainIDs(said []*statement) []string {
	var ids []string
	for i := range l.terms {
		for _, id := range l.terms[i].ids {
			if !slices.Contains(l.terms[i].some, id) {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 && len(said) > 0 {
		ids = said[0].ids
	}
	if len(ids) == 0 {
		return []string{"LicenseRef-own-terms"}
	}
	return ids
}

// family returns the name of a licence without its version, for the GNU licences, or where only one version is in use.
func family(id string) string {
	if m := gnuForm.FindStringSubmatch(id); m != nil {
		return m[1]
	}
	for _, f := range []string{"Apache", "MPL", "EUPL", "BSD", "Artistic", "DRL"} {
		if id == f || strings.HasPrefix(id, f+"-") {
			return f
		}
	}
	return id
}

// alike reports whether two names can mean the same licence: a name without a version fits every version.
func alike(a, b string) bool {
	if family(a) != family(b) {
		return false
	}
	bare := func(id string) bool { return id == family(id) }
	if bare(a) || bare(b) {
		return true
	}
	if m, n := gnuForm.FindStringSubmatch(a), gnuForm.FindStringSubmatch(b); m != nil && n != nil {
		return m[2] == n[2]
	}
	return a == b
}

// contradiction looks for a place that names other licences than the project's only. A place that names the project's too
// names the others for parts.
func (l *licensing) contradiction(main []string, said []*statement) *Finding {
	type place struct {
		doc    *Doc
		source source
	}
	var ofParts, some []string
	for i := range l.parts {
		ofParts = append(ofParts, l.parts[i].ids...)
	}
	for i := range l.terms {
		some = append(some, l.terms[i].some...)
	}
	for _, s := range said {
		here := place{s.doc, voice(s.source)}
		known := main
		if here.source != byMetadata && here.source != byClassifier {
			known = slices.Concat(main, ofParts, some) // metadata speaks of the package as a whole
		}
		fits := false
		for _, other := range said {
			if (place{other.doc, voice(other.source)}) == here {
				fits = fits || slices.ContainsFunc(other.ids, func(id string) bool {
					return id == publicDomain || slices.ContainsFunc(known, func(k string) bool { return alike(id, k) })
				})
			}
		}
		if fits || s.ids[0] == "LicenseRef-Proprietary" && s.source == bySentence {
			continue
		}
		evidence := []Evidence{s.evidence()}
		for i := range l.terms {
			evidence = append(evidence, l.terms[i].evidence())
		}
		reason := []any{s.doc.Place(), licenseTitle(s.ids[0]), licenseTitle(main[0])}
		related := gnuForm.MatchString(s.ids[0]) && gnuForm.MatchString(main[0]) || family(s.ids[0]) == family(main[0]) ||
			slices.Contains([]string{"GPL", "LGPL", "AGPL"}, s.ids[0])
		var f Finding
		switch {
		case s.source == byBadge:
			f = partial(evidence, "a badge in %s says %s, the licence is %s", reason...)
		case s.source == byClassifier:
			f = partial(evidence, "a classifier in %s says %s, the licence is %s", reason...)
		case related || sourceFile.MatchString(strings.ToLower(path.Base(s.doc.Place()))):
			f = partial(evidence, "%s says %s, the licence is %s", reason...)
		default:
			f = unmet(evidence, "%s says %s, which contradicts the licence %s", reason...)
		}
		return &f
	}
	return nil
}

// voice puts a notice and the sentences around it together: they are one text.
func voice(s source) source {
	if s == byNotice {
		return bySentence
	}
	return s
}

// regimes looks for a licence file that divides the project among several licences, where another place speaks of one for all.
func (l *licensing) regimes() *Finding {
	if l.choice {
		return nil
	}
	for i := range l.terms {
		t := &l.terms[i]
		if len(t.ids) < 2 || !slices.ContainsFunc(t.ids[1:], func(id string) bool { return !alike(id, t.ids[0]) }) {
			continue
		}
		for j := range l.statements {
			s := &l.statements[j]
			if s.source == bySentence && len(s.ids) == 1 && grantForm.MatchString(s.text) {
				f := partial([]Evidence{t.evidence(), s.evidence()},
					"%s names several licences, %s says that all is under %s", t.doc.Place(), s.doc.Place(), licenseTitle(s.ids[0]))
				return &f
			}
		}
	}
	return nil
}

// grantsInFull matches files that grant a licence in so many words: a list of holders, the header of a program.
var grantsInFull = pattern.New(`^copyright|` + sourceFile.String())

// goesOn reports whether the line after a statement lets in later versions: a notice may be wrapped anywhere.
func goesOn(s *statement) bool {
	return strings.Contains(cutLines(s.doc.Content(), s.end+1, s.end+1), "later version")
}

// later looks for statements that differ in whether later versions may be used: "only" against "or later", and metadata, a list
// of holders or a header that name one version where others allow later ones. That the README names a licence in short is no
// statement on it.
func (l *licensing) later(said []*statement) *Finding {
	var only, orLater, bare *statement
	for i := range l.statements {
		s := &l.statements[i]
		if (s.source == byMetadata || s.source == byClassifier) && !slices.Contains(said, s) {
			continue
		}
		for _, id := range s.ids {
			m := gnuForm.FindStringSubmatch(id)
			if m == nil || !slices.ContainsFunc(l.mainIDs(said), func(main string) bool { return alike(id, main) }) {
				continue
			}
			switch {
			case m[3] == "-only" && only == nil:
				only = s
			case m[3] == "-or-later" && orLater == nil:
				orLater = s
			case m[3] == "" && bare == nil && (s.source == byMetadata || grantsInFull.MatchString(strings.ToLower(s.doc.Path))) && !goesOn(s):
				bare = s
			}
		}
	}
	if orLater == nil {
		return nil
	}
	for _, s := range []*statement{only, bare} {
		if s != nil && s.doc != orLater.doc {
			f := partial([]Evidence{s.evidence(), orLater.evidence()}, "%s names one version of the licence, %s allows later ones too",
				s.doc.Place(), orLater.doc.Place())
			return &f
		}
	}
	return nil
}
