package check

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var developmentMethod = &Check{
	ID:      "development-method",
	Name:    "Way of working",
	Short:   "way of working",
	Asks:    "Is the way of working written down?",
	Clause:  practice.Methodology,
	Why:     "Whoever knows how a project works can join it.",
	Fix:     "Describe branches, review, style, tests and the release process in CONTRIBUTING.md or docs/.",
	Met:     "At least two of workflow, review, style, testing and release rules.",
	Partial: "One of them.",
	Unmet:   "None of them.",

	Needs: repo.Files,
	Reads: []string{
		"{,.github/,.gitlab/,.gitea/,.forgejo/,docs/,doc/}contribut*",
		"**/contribut{e,ing,ion,ions}*.{md,rst,adoc,txt}", "**/contribut{e,ing,ion,ions}/*.{md,rst,adoc,txt}",
		"{,.github/,docs/,doc/}{hacking,develop,developing,development,developers,maintaining,maintainers,governance,releasing,release_process,release-process,release_template,release-template,release_checklist,release-checklist,process,agents,claude,howto}*.{md,rst,adoc,txt}",
		"{,.github/,docs/,doc/}*{style,workflow,guideline,convention}*.{md,rst,adoc,txt}",
		"{hacking,develop,development,release,releasing,governance,maintainers}", "{,docs/,doc/}{new,making,how-to,how_to}[-_]*release*.{md,rst,adoc,txt}", "releases.{md,rst,adoc,txt}", "requirements.{md,rst,adoc}",
		developerGuides,
		"**/{release_process,release-process,release_checklist,release-checklist,releasing}.{md,rst,adoc,txt}",
		"{docs,doc}/**/{tests,testing,test_plan,test-plan,testing_plan,testing-plan,test_guide,test-guide,testing_guide,testing-guide,running-tests,style,coding-style,coding_style,codingstyle,styleguide,style-guide,style_guide}.{md,rst,adoc,txt}", "test/readme*", "tests/readme*",
		proposalTemplates,
		"{,.github/,docs/}readme*",
	},
	Follow: []string{"**/*{contribut,develop,hacking,guideline,workflow,style,release}*.{md,rst,adoc,txt}"},
	Judge:  judgeDevelopmentMethod,
}

// topics are the parts of a way of working. A heading tells one, or a sentence in a document for developers.
var topics = []struct {
	name          string
	heading, text *pattern.Pattern
}{
	{
		"workflow",
		pattern.New(`(?i)^\W*branch\W*$|\b(branches|branching|branch (names?|naming|models?|polic(y|ies)|strateg(y|ies)|structure|conventions?)|git ?flow` +
			`|workflow|development (process|model|cycle)|governance|decision[- ]making)\b`),
		pattern.New(`(?i)\b(feature|topic|maintenance|stable|separate|dedicated) branch(es)?\b|` +
			"\\b(against|off|into|on|onto|target)\\b[^.]{0,20}\\b(main|master|develop|dev|devel|next|trunk)\\b[`*\"']* branch\\b|\\b(pull|merge) requests?\\b[^.]{0,20}\\bfor the branch\\b" +
			"|\\b(main|master|develop(ment)?|dev|devel|next|trunk)\\b[`*\"']* branch\\W+(where|in which)\\b[^.]{0,20}\\b(accept|merg|collect|integrat)\\w*" +
			"|\\b(features?|changes|fixes|commits|work)\\b[^.]{0,40}\\b(added|merged|committed|pushed|goes|go)\\b[^.]{0,20}" +
			"\\b(main|master|develop|dev|devel|next|trunk)\\b[`*\"']* branch\\b"),
	},
	{
		"review",
		pattern.New(`(?i)\b(code )?reviews?\b|\breviewing(\W*$|\W+(code|pull|merge|changes?|patch(es)?|contributions?|submissions?|proposals?)\b)`),
		pattern.New(`(?i)\b(code|pull|merge|PRs?|changes?|patch(es)?|commits?|maintainers?|contributions?` +
			`|submissions?)\b[^.]{0,80}\breview(s|ed|er|ers|ing)?\b|` +
			`\breview(s|ed|er|ers|ing)?\b[^.]{0,80}\b(code|pull|merge|PRs?|changes?|patch(es)?|commits?|maintainers?|contributions?|submissions?)\b`),
	},
	{
		"style",
		pattern.New(`(?i)\b(cod(e|ing)|programming|commit|naming|python|javascript)\b.*\b(style|rules?|standards?|guidelines?|conventions?|messages?)\b` +
			`|^style\b|\bstyle ?guide|\b(code|formatting|linting)\b.*\b(formatting|linting)\b|^(formatting|linting)\b`),
		pattern.New(`(?i)\bPEP ?-?8\b|\bformat\w*\b[^.]{0,40}\bblack\b|\bgofmt\b|\bpre-commit\b|\bruff\b|\bflake8\b|\bpylint\b|\beslint\b` +
			`|\bclang-format\b|\brustfmt\b|` +
			`\b(cod(e|ing)) (style|standards?|conventions?|guidelines?)\b|\bcommit messages?\b|\bconventional commits\b|\bstyle guide\b|` +
			`\b(formatting|linting|linters?|formatters?)\b[^.]{0,20}\b(tools?|checks?|rules?)\b|\b(run|check(ed)?)\b[^.]{0,40}\b(linters?|formatters?|linting|formatting)\b` +
			`|\b(tabs?|indent(ation|ed)?)\b[^.]{0,40}\bspaces\b|\bspaces\b[^.]{0,30}\b(tabs|indent\w*)\b`),
	},
	{
		"testing",
		pattern.New(`(?i)\btest(s|ing)\b|^\W*test\W*$|\bto test\b` +
			`|\btest (suites?|cases?|plans?|rules?|coverage|requirements?|polic(y|ies)|your|the|it|changes)\b`),
		pattern.New(`(?i)\b(add|write|include|run|pass|provide|come with)\w*\b[^.]{0,30}\b(unit|integration|regression)?\s?tests?\b` +
			`|\b(sufficient|appropriate|enough)\b[^.]{0,20}\btests\b|\btest coverage\b[^.]{0,40}\b(expected|required|should|must)\b` +
			`|\btests?\b([^.]|\.\w){0,40}\b(must|should|have to|need to)\b[^.]{0,12}\b(pass|succeed)` +
			`|\bvalidat\w*\.(sh|py)\b`), // what tests data is a script by that name
	},
	{
		"release process",
		pattern.New(`(?i)\breleas(e|es|ing)\b.*\b(process|procedure|cycle|schedule|checklist|policy|guide)\b|\bchecklist\b.*\breleas` +
			`|^releasing\b|\b(how to|mak(e|ing)|cut(ting)?|build(ing)?|creat(e|ing)|publish(ing)?|prepar(e|ing))( a| the)?( new)? release\b|^release$|^versioning\b`),
		pattern.New(`(?i)\bsemantic versioning\b|\bsemver\b|\brelease (cycle|process|schedule|manager|branch)\b` +
			`|\bto (create|make|cut|publish|prepare|do|draft|tag) (a|an|the|each|every)( new)? release\b` +
			`|\b(weekly|monthly|quarterly|yearly) (cadence|release cycle)\b`),
	},
}

var (
	// workGuide is the name of a document on the whole way of working.
	workGuide = pattern.New(`(?i)contribut|guideline|develop|hacking|workflow|governance`)
	// selfReview is what contributors are to look over themselves, a line of the checklist that most templates copy.
	selfReview = pattern.New(`(?i)\bself-?review|\breview (the|this|our|these) ([\w-]+ )?((following|above|below|check-?list|list|guidelines?|guide|documents?|documentation|page|instructions|policy|policies)\b` +
		`|contribut\w+ (guide\w*|document\w*))` +
		`|\bplease (carefully )?review (the|your|all) (own |generated )?(changes|code)\b|\btime of the reviewer`)
	// courtesy is what maintainers say of how soon they get to it, which binds nobody to a review.
	courtesy = pattern.New(`(?i)\b(our|my) best\b[^.]{0,40}\breview\b|\breview\b[^.]{0,40}\b(timely|as soon as|in due time|when(ever)? (we|i) (can|have|find))\b` +
		`|\b(for|help|helps|let|lets|allow|allows) (us|me|the maintainers|reviewers) (to )?(properly )?review\b` +
		`|\b(difficult|hard|easier|easy|impossible|faster) to review\b`)
	// onReports is a heading under which users learn what to write into a report or a wish.
	onReports = pattern.New(`(?i)\b(bugs?|issues?|problems?|features?|enhancements?)\b\W*\b(reports?|reporting|requests?)\b` +
		`|\b(report|reporting|requesting)\b.*\b(bugs?|issues?|problems?|features?)\b|^\W*(bugs?|issues?)\W*$`)
	// onDeveloping is a heading in a document for users under which developers are spoken to.
	onDeveloping = pattern.New(`(?i)^(develop(ment|ing|ers?)|hacking|for developers)\b`)
	// onEveryChange is a sentence which says that tests run on whatever comes in.
	onEveryChange = pattern.New(`(?i)\btest\w*\b[^.]{0,60}\bon (every|each|all|any) (commits?|push(es)?|changes?|pull requests?|PRs?)\b`)
	// onNewest is a heading under which users get the newest state.
	onNewest = pattern.New(`(?i)^development (builds?|versions?|snapshots?|releases?|branch|installation)\b`)
	// onReading is a heading under which somebody finds what to read elsewhere.
	onReading = pattern.New(`(?i)\b(resources|further reading|see also|(useful|related|helpful|external) links)\b`)
	// onExtending is a heading under which somebody learns to write a part of the program.
	onExtending = pattern.New(`(?i)^development\b|\bdevelopment guidelines?\b` +
		`|\b(how to|writ(e|ing)|creat(e|ing)|add(ing)?|develop(ing)?|implement(ing)?)\b.*\b(own|new|an?|custom)\b.*` +
		`\b(module|plug-?in|analy[sz]er|bot|parser|connector|extension|rule|feeder|responder|source|service)s?\b`)
)

// changes are what a workflow of developers is about.
var changes = pattern.New(`(?i)\b(branch\w*|commit\w*|pull requests?|merge\w*|patch\w*|(?:code|peer|for|in|under) reviews?|reviewers?|developers?|development|contribut\w+|releases?)\b`)

// offTopic reports whether a heading only sounds like a topic: a workflow of users, a review that is no style, or issues.
func offTopic(doc *document.Document, b *document.Block, topic string) bool {
	switch topic {
	case "workflow":
		return document.HasWords(b.Text, "workflow*") && !changes.MatchString(sectionText(doc, b.Section))
	case "style":
		return document.HasWords(b.Text, "review*", "issue", "issues")
	}
	return false
}

// usersFlow is a heading on the steps that users of the program take.
var usersFlow = pattern.New(`(?i)\b(set-?up|install\w*|initial|users?|usage|operators?|analysts?|analysis|investigations?|incidents?|example)\b.*\bworkflow`)

// forTests is a heading about something that serves tests, as certificates do, or on trying out what is not released yet.
var forTests = pattern.New(`(?i)\bfor test(s|ing)\b|\btest(ing)? (the )?(\w+ )?(snapshots?|beta|nightly|pre-?releases?|release candidates?|unreleased)\b`)

// sentenceAt returns the line on which the sentence begins that stands at an offset in a block.
func sentenceAt(b *document.Block, offset int) int {
	line := b.Line
	for _, s := range b.Sentences() {
		if strings.Index(b.Text, s.Text) > offset {
			break
		}
		line = s.Line
	}
	return line
}

// intro is a sentence on what the document itself is about.
var intro = pattern.New(`(?i)\bthis (?:guide|document|page) (?:explains|describes|covers|outlines|is about)\b`)

// noTests is a sentence on tests that are not there.
var noTests = pattern.New(`(?i)\b(lack(ing)?|missing|(have|are|there are) no)\b[^.]{0,25}\btest(s|ing)?\b`)

// method is what the documents say of the way of working.
type method struct {
	found     map[string]Evidence // rules by topic
	extending *Evidence           // where somebody learns to extend the program
	linked    *Evidence           // where rules stand that are only linked; the note is the topic
	dated     *Evidence           // where a document says that it is out of date
}

func judgeDevelopmentMethod(v *View) Finding {
	m := method{found: map[string]Evidence{}}
	var said, aside []map[string]Evidence // what each guide and each other document says
	templates := v.Matching(proposalTemplates)
	for _, d := range v.Docs {
		if notice := v.outdated(d); notice != nil {
			m.dated = cmp.Or(m.dated, notice)
			continue
		}
		here := m.read(d)
		switch {
		case len(here) == 1 && slices.Contains(templates, d): // a rule alone in a template is how to send a proposal
		case workGuide.MatchString(path.Base(d.Path)):
			said = append(said, here)
		default:
			aside = append(aside, here)
		}
	}
	// The guide that says most is the most telling; others add what it leaves out.
	slices.SortStableFunc(said, func(a, b map[string]Evidence) int { return cmp.Compare(len(b), len(a)) })
	for _, here := range append(said, aside...) {
		for name, e := range here {
			if _, known := m.found[name]; !known {
				m.found[name] = e
			}
		}
	}
	return m.judge()
}

// read returns the topics on which a document has rules, and notes what is less than a rule.
func (m *method) read(d *Doc) map[string]Evidence {
	here, headed := map[string]Evidence{}, map[string]bool{}
	doc := d.Document()
	if holdsReleases(d) {
		return here // that a formatter was introduced is news, no rule
	}
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if hit := onEveryChange.FindStringIndex(b.Text); hit != nil && isProse(b.Kind) && here["testing"].Path == "" {
			here["testing"] = at(d, b.LineAt(hit[0]), b.End, "testing")
		}
		if inContents(b) || intro.MatchString(b.Text) || !forDevelopers(d, doc, b.Section) || selfReview.MatchString(b.Text) || underHeading(doc, b.Section, onReports) {
			continue
		}
		heading := b.Kind == document.Heading
		if heading && onlyLinks(doc, b.Section) {
			for _, t := range topics {
				if m.linked == nil && t.heading.MatchString(b.Text) {
					m.linked = &Evidence{Path: d.Place(), Line: b.Line, End: b.End, Note: t.name}
				}
			}
			continue
		}
		if heading && (forTests.MatchString(b.Text) || usersFlow.MatchString(b.Text) ||
			strings.Contains(strings.ToLower(b.Text), "test") && noTests.MatchString(sectionText(doc, b.Section))) {
			continue // it is about what is made for that purpose, what users do, or what there is not
		}
		reading := !heading && linksAway(b) && underHeading(doc, b.Section, onReading)
		for _, t := range topics {
			_, known := here[t.name]
			titled := heading && t.heading.MatchString(b.Text) && !offTopic(doc, b, t.name)
			if known && (!titled || headed[t.name]) {
				continue // a heading shows a rule more plainly than a sentence before it
			}
			if t.name == "review" && courtesy.MatchString(b.Text) {
				continue
			}
			if titled {
				here[t.name], headed[t.name] = at(d, b.Line, b.End, t.name), true
			} else if hit := t.text.FindStringIndex(b.Text); hit != nil && isProse(b.Kind) {
				if reading {
					m.linked = cmp.Or(m.linked, &Evidence{Path: d.Place(), Line: b.Line, End: b.End, Note: t.name})
					continue
				}
				here[t.name] = at(d, sentenceAt(b, hit[0]), b.End, t.name)
			}
		}
		if heading && m.extending == nil && onExtending.MatchString(b.Text) &&
			(!onDeveloping.MatchString(b.Text) || proseWords(doc, b.Section) >= fewLinked) {
			e := at(d, b.Line, b.End, "for developers")
			m.extending = &e
		}
	}
	return here
}

// holdsReleases reports whether a document lists what changed in one release after the other.
func holdsReleases(d *Doc) bool {
	if !isChangelog(d.Path) && !strings.HasPrefix(strings.ToLower(path.Base(d.Path)), "releases") {
		return false
	}
	n := 0
	for range document.Releases(d.Content()) {
		if n++; n > 1 {
			return true
		}
	}
	return false
}

func (m *method) judge() Finding {
	var names, missing []string
	var evidence []Evidence
	for _, t := range topics {
		if e, ok := m.found[t.name]; ok {
			names, evidence = append(names, t.name), append(evidence, e)
		} else {
			missing = append(missing, t.name)
		}
	}
	switch {
	case len(names) > 1:
		return met(evidence, "rules are written down for %s", enumerate(names))
	case len(names) == 1:
		return partial(evidence, "rules are written down for %s only; there are none on %s", names[0], enumerate(missing))
	case m.extending != nil:
		return partial([]Evidence{*m.extending}, "%s guides developers, but nothing is said on %s", m.extending.Path, enumerate(missing))
	case m.linked != nil:
		return partial([]Evidence{*m.linked}, "%s only links the rules on %s", m.linked.Path, m.linked.Note)
	}
	if m.dated != nil {
		return unmet([]Evidence{*m.dated}, "%s says that it is out of date or unfinished, and nothing else lays down a way of working", m.dated.Path)
	}
	return unmet(nil, "no document lays down rules on workflow, review, style, testing or releases")
}

// fewLinked is how many words a section has at most that only leads elsewhere.
const fewLinked = 30

// onlyLinks reports whether a section says no more than where its text is.
func onlyLinks(doc *document.Document, section int) bool {
	words := 0
	for _, b := range doc.Under(section) {
		if b.Kind == document.Heading {
			continue
		}
		if !isProse(b.Kind) || !linksAway(b) {
			return false
		}
		words += len(strings.Fields(b.Text))
	}
	return words > 0 && words <= fewLinked
}

// linksAway reports whether a block links a page elsewhere.
func linksAway(b *document.Block) bool {
	return slices.ContainsFunc(b.Links, func(l document.Link) bool { return !l.Image && strings.Contains(l.Target, "://") })
}

// forDevelopers reports whether a section speaks to those who work on the program: any in a document made for them, else one that is headed so.
func forDevelopers(d *Doc, doc *document.Document, section int) bool {
	base := strings.ToLower(path.Base(d.Path))
	if !strings.HasPrefix(base, "readme") && !strings.HasPrefix(base, "howto") && !strings.HasPrefix(base, "requirements") {
		return true
	}
	for s := section; s > 0; s = doc.Sections[s].Parent {
		h := doc.Sections[s].Heading
		if onNewest.MatchString(h) {
			return false
		}
		if !isTitle(doc, s) && (onDeveloping.MatchString(h) || onContributing.MatchString(h)) || onExtending.MatchString(h) {
			return true
		}
	}
	return false
}

// enumerate joins words as a sentence does: "a, b and c".
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
