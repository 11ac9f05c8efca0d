package check

import (
	"cmp"
	"path"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var contributionPath = &Check{
	ID:      "contribution-path",
	Name:    "Path for contributions",
	Short:   "contribution path",
	Asks:    "Can an outsider propose a change, and is it written down how?",
	Clause:  practice.OpenToChanges,
	Why:     "A tool lives on when the CSIRTs that use it can mend it.",
	Fix:     "Add CONTRIBUTING.md that says how to propose a change, and a pull request template beside it.",
	Met:     "A guide or templates explain how to propose a change.",
	Partial: "A sentence, a pointer or issue templates only.",
	Unmet:   "No word on how an outsider proposes a change.",

	Needs:    repo.Files,
	Uses:     repo.Forge | repo.Proposals | repo.Inherited,
	Inherits: []repo.Community{repo.Contributing, repo.PullRequestTemplate},
	Reads: []string{
		"{,.github/,.gitlab/,.gitea/,.forgejo/,docs/,doc/}contribut*",
		proposalTemplates, proposalTemplateFolders,
		"**/contribut{e,ing,ion,ions}*.{md,rst,adoc,txt}", "**/contribut{e,ing,ion,ions}/*.{md,rst,adoc,txt}",
		"{,.github/,docs/,doc/}{hacking,develop,developing,development,developers,howto}*",
		"{,.github/,docs/,contrib/}readme*",
		developerGuides,
	},
	Follow: []string{"**/*{contribut,develop,hacking,guideline,workflow}*.{md,rst,adoc,txt}"},
	Lists:  []string{issueForms, issueFormFolders},
	Judge:  judgeContributionPath,
}

// Where the forges look for templates.
const (
	proposalTemplates       = "{,.github/,.gitea/,.forgejo/,docs/}{pull_request_template,pull_request_template.*}"
	proposalTemplateFolders = "{.github/pull_request_template,.gitlab/merge_request_templates,.gitea/pull_request_template}/*.{md,yml,yaml}"
	issueForms              = "{,.github/,.gitea/,.forgejo/,docs/}{issue_template,issue_template.*}"
	issueFormFolders        = "{.github/issue_template,.gitlab/issue_templates,.gitea/issue_template,.forgejo/issue_template}/*.{md,yml,yaml}"
	developerGuides         = "**/{dev,devel,develop,developer,developers,development,dev_guide,dev_guides,dev-guide,dev-guides,devguide," +
		"developer_guide,developer-guide,community}/**/*.{md,rst,adoc}"
)

const (
	guideWords   = 50  // a contributing guide with fewer words of its own only points elsewhere
	longGuide    = 150 // one that says so much is a guide, whatever its words for a proposal are
	inviteWords  = 40  // a section that says so much of its own is completed by chapters on development beside it
	sectionWords = 100 // a section elsewhere that is as good as a guide
)

var (
	// guideName is the base name of a guide for contributors.
	guideName = pattern.New(`^(contribut(e|ing|ions?)|hacking)([^a-z].*)?$`)
	// proposal are the words for a change that an outsider sends.
	proposal = pattern.New(`(?i)\b(pull|merge)[ -](your )?requests?\b|\bPRs?\b|\bpatch(es)?\b|\bfork(ed|ing)?\b` +
		`|\b(create|push)\b[^.]{0,20}\bbranch\b|git send-email`)
	// sent is the narrower word: what is sent to the project.
	sent = pattern.New(`(?i)\b(pull|merge)[ -](your )?requests?\b|\bPRs?\b|\bpatch(es)?\b|git send-email`)
	// preparation is what has to be done for a change before it is sent.
	preparation = pattern.New(`(?i)\b(commits?|branch(es)?|tests?|tested|lint\w*|style|conventions?|reviews?|reviewed|sign(ed)?-?off|rebase[ds]?|squash|CI)\b`)
	plainGuide  = pattern.New(`(?i)^(contribut(e|ing|ions?)|hacking)(\.\w+)?$`)
	// onContributing is a heading of a part that tells how to take part.
	onContributing = pattern.New(`(?i)\bcontribut(e|ing|ions?)\b|\b(pull|merge)[ -]requests?\b|\bsubmit(ting)?\b|\bget(ting)? involved\b|` +
		`\bparticipat(e|ing)\b|\bpatches\b|\bhow to help\b|\bhacking\b|\bmitwirken\b|\bbeitragen\b|\bcontribuer\b|\bcontribuir\b`)
	// onDevelopment is a heading of a chapter for those who change the program.
	onDevelopment = pattern.New(`(?i)^\W*(for )?(development|developing|developers?( guide| guidelines| documentation)?|hacking` +
		`|entwicklung|développement|desarrollo)\W*$`)
	// guideTitle is the title of a guide for contributors that has another name.
	guideTitle = pattern.New(`(?i)^(how to |guide to )?contribut`)
	// invitation is a sentence that welcomes changes from outside or asks for them.
	invitation = pattern.New(`(?i)\b(contributions?|(pull|merge)[ -]requests?|PRs|patches)\b[^.]{0,40}\b(welcome|appreciated|encouraged|accepted)\b|` +
		`\b(welcome|appreciate|encourage|accept)\b[^.]{0,40}\b(contributions?|(pull|merge)[ -]requests?|PRs|patches)\b|` +
		`\b(send|submit|open|create|make|file)\b[^.]{0,30}\b(pull|merge)[ -]request|` +
		`\b(I|we|maintainers)( will| still| only| gladly| happily)* merge\b[^.]{0,20}\b(contributions?|(pull|merge)[ -]requests?|PRs|patches)\b|` +
		`\b(contributions|(pull|merge)[ -]requests|PRs|patches)\b[^.]{0,40}\bwill be( \w+)? (merged|integrated|reviewed|considered)\b|` +
		`\b(send|submit)\b( us)?( your| a| any)? (contributions?|patch(es)?)\b|` +
		`\bcontribut(e|ing)\b[^.]{0,20}\b(changes|enhancements|modifications|improvements)\b[^.]{0,60}\b(by|when) (sending|submitting|mailing)\b`)
	// addressed is a sentence that tells contributors where to read on, not who they are.
	addressed = pattern.New(`(?i)^\W*(for )?(new )?contributors?\W*:[^.]{0,80}\b(development|testing|tests|coding|guides?|guidelines?)\b`)
	// reviewed is a sentence that says what becomes of a change from outside.
	reviewed = pattern.New(`(?i)\b(contributions|submissions|patches|(pull|merge)[ -]requests)\b[^.]{0,60}` +
		`\b(undergo|(go|pass) through|are subject to|require|need|must pass)\b[^.]{0,20}\breviews?\b`)
	// developerPage is the base name of a guide for those who change the program.
	developerPage = pattern.New(`^(develop(er|ers|ment)?|dev)([^a-z]*s)?([-_. ]?(guide|manual|handbook|docs?))?\.\w+$`)
	// refusal is a sentence by which changes from outside are not taken.
	refusal = pattern.New(`(?i)\b(not|n't|no longer|cannot)\b[^.]{0,25}\b(accept|take|merge|consider` +
		`|look at)\w*\b[^.]{0,30}\b(contributions?|(pull|merge)[ -]requests?|PRs|patches)\b`)
)

func judgeContributionPath(v *View) Finding {
	if v.Forge.Known() && v.Forge.Value.Archived == repo.Yes {
		return unmet([]Evidence{v.page("", "the forge says that the repository is archived")}, "the repository is archived, so that no change can be proposed")
	}
	f := writtenPath(v)
	if f.Status == Unmet && len(f.Evidence) == 0 && v.Proposals.Known() && v.Proposals.Value.Outside > 0 {
		return partial([]Evidence{{URL: v.Proposals.Value.URL, Note: "a change from outside that was merged"}},
			"changes from outside are merged, but nothing says how to propose one")
	}
	return f
}

// writtenPath judges what is written about proposing a change.
func writtenPath(v *View) Finding {
	var weak []Evidence
	var missing string
	var guide *Finding // one that says little of proposals, or on a page on something else
	for _, d := range v.Docs {
		if isStale(d.Document()) {
			continue
		}
		if isGuide(d.Path) {
			f, plain := judgeGuide(d)
			if plain {
				return *f
			}
			if f != nil {
				if guide == nil || f.Evidence[0].Line > 0 && guide.Evidence[0].Line == 0 {
					guide = f
				}
				continue
			}
			weak = append(weak, titled(d, "too short to be a guide"))
			missing = d.label() + " does not say itself how to propose a change"
			if strings.TrimSpace(d.Content()) == "" {
				missing = d.label() + " is empty"
			}
		}
		f, short := judgeSections(d)
		if f != nil {
			return *f
		}
		if guide == nil {
			guide = judgeDeveloperPage(d)
		}
		if len(short) > 0 {
			weak = append(weak, short...)
			missing = d.label() + " invites changes in a few words; a guide is missing"
		}
	}
	if guide != nil {
		return *guide
	}
	if f, found := invited(v); found {
		if f.Status == Unmet {
			return f
		}
		weak = append(weak, f.Evidence...)
		missing = cmp.Or(missing, f.Reason)
	}
	changes, issues := proposalTemplate(v), issueTemplates(v)
	switch {
	case changes != nil && len(issues) > 0:
		return met([]Evidence{*changes, named(issues[0], "issue template")}, "pull request and issue templates lead an outsider's change")
	case changes != nil:
		return partial(append(weak, *changes), "a pull request template is there; a contributing guide is missing")
	case missing != "":
		return partial(weak, "%s", missing)
	case len(issues) > 0:
		return partial([]Evidence{named(issues[0], "issue template")}, "there are only issue templates; nothing says how to propose a change")
	}
	return unmet(nil, "nothing says how an outsider can propose a change")
}

// judgeGuide returns a verdict on a guide that says enough, nil for another, and whether it is plainly about proposals.
func judgeGuide(d *Doc) (f *Finding, plain bool) {
	words := proseWords(d.Document(), 0)
	if (words < longGuide || onBuilding(d.Path)) && (words < guideWords || !instructs(d.Document())) {
		return nil, false
	}
	line, headed := proposedAt(d)
	verdict := met([]Evidence{at(d, line, line, "contributing guide")}, "%s explains how to propose a change", d.label())
	if line == 0 {
		verdict.Reason = d.label() + " is a guide for contributors"
	}
	return &verdict, headed || line > 0 && plainGuide.MatchString(path.Base(d.Path))
}

// judgeDeveloperPage returns a verdict on a guide for developers that is one for contributors too: it says what becomes of their
// changes, and enough of what to do for one.
func judgeDeveloperPage(d *Doc) *Finding {
	if !developerPage.MatchString(strings.ToLower(path.Base(d.Path))) || proseWords(d.Document(), 0) < longGuide {
		return nil
	}
	prepared := 0
	var place *Evidence
	for _, b := range d.Document().Prose() {
		for _, s := range b.Sentences() {
			if preparation.MatchString(s.Text) {
				prepared++
			}
			if place == nil && reviewed.MatchString(s.Text) {
				e := at(d, s.Line, s.Line, "what becomes of a change from outside")
				place = &e
			}
		}
	}
	if place == nil || prepared < 3 {
		return nil
	}
	f := met([]Evidence{*place}, "%s is a guide for contributors, whose changes are reviewed", d.label())
	return &f
}

// instructs reports whether a document speaks of proposals in more than one sentence, or of what has to be done for one.
func instructs(d *document.Document) bool {
	n, proposed := 0, false
	for _, b := range part(d, 0) {
		if b.Kind == document.Code {
			proposed = proposed || proposal.MatchString(b.Text)
			n++
			continue
		}
		for _, s := range b.Sentences() {
			about := proposal.MatchString(s.Text)
			proposed = proposed || about
			if about || preparation.MatchString(s.Text) {
				n++
			}
		}
	}
	return proposed && n > 1
}

// judgeSections returns a verdict on the first section of a document that is as good as a guide, or else the short ones on
// contributing.
func judgeSections(d *Doc) (f *Finding, short []Evidence) {
	doc := d.Document()
	for i := range doc.Sections {
		s := &doc.Sections[i]
		if s.Level == 0 || !onContributing.MatchString(s.Heading) || !proposal.MatchString(sectionText(doc, i)) ||
			isTitle(doc, i) && !guideTitle.MatchString(s.Heading) {
			continue
		}
		around := chapter(doc, i)
		words := proseWords(doc, around)
		if words >= inviteWords {
			words += developmentWords(doc, around)
		}
		if words >= sectionWords {
			s := &doc.Sections[around]
			verdict := met([]Evidence{at(d, s.Line, s.End, "how to propose a change")},
				"%s explains under %q how to propose a change", d.label(), s.Heading)
			return &verdict, nil
		}
		short = append(short, at(d, s.Line, s.End, "a short part on contributing"))
	}
	return nil, short
}

// proposedAt returns the line of a guide at which a proposal is spoken of, 0 if none is, and whether a part of it is headed so.
func proposedAt(d *Doc) (line int, headed bool) {
	doc := d.Document()
	first := func(blocks []*document.Block) int {
		for _, b := range blocks {
			if hit := sent.FindStringIndex(b.Text); hit != nil && isProse(b.Kind) && !inContents(b) {
				return b.LineAt(hit[0])
			}
		}
		return 0
	}
	for i := range doc.Sections {
		if s := &doc.Sections[i]; s.Level > 0 && onContributing.MatchString(s.Heading) {
			if line := first(doc.Under(i)); line > 0 {
				return line, true
			}
		}
	}
	return first(part(doc, 0)), false
}

// chapter returns the chapter on development of which a section on contributing is a part, or else the section itself.
func chapter(d *document.Document, section int) int {
	if p := d.Sections[section].Parent; p > 0 && !isTitle(d, p) && onDevelopment.MatchString(d.Sections[p].Heading) {
		return p
	}
	return section
}

// developmentWords counts the words of the chapters on development that stand beside a section on contributing.
func developmentWords(d *document.Document, section int) (n int) {
	for i := range d.Sections {
		s := &d.Sections[i]
		if i != section && s.Level > 0 && s.Parent == d.Sections[section].Parent && !isTitle(d, i) && onDevelopment.MatchString(s.Heading) {
			n += proseWords(d, i)
		}
	}
	return n
}

// isGuide tells a contributing guide by its name.
func isGuide(p string) bool {
	lower := strings.ToLower(p)
	return guideName.MatchString(path.Base(lower)) || guideName.MatchString(path.Base(path.Dir(lower)))
}

// onBuilding tells a page for those who change the program, which may say no more than how to build it.
func onBuilding(p string) bool {
	return strings.HasPrefix(strings.ToLower(path.Base(p)), "hacking")
}

// invited looks for a sentence that asks for changes, or that refuses them.
func invited(v *View) (Finding, bool) {
	for _, d := range v.Docs {
		for _, b := range d.Document().Prose() {
			for _, s := range b.Sentences() {
				place := []Evidence{at(d, s.Line, s.Line, "on contributions")}
				if refusal.MatchString(s.Text) {
					return unmet(place, "%s says that changes from outside are not taken", d.label()), true
				}
				if invitation.MatchString(s.Text) {
					return partial(place, "%s invites changes in a sentence; a guide is missing", d.label()), true
				}
				if reviewed.MatchString(s.Text) {
					return partial(place, "%s says that changes from outside are reviewed; a guide to proposing one is missing", d.label()), true
				}
				if addressed.MatchString(s.Text) {
					return partial(place, "%s tells contributors in a sentence where to read on; how to propose a change is missing", d.label()), true
				}
			}
		}
	}
	return Finding{}, false
}

// proposalTemplate returns a template for pull requests that is not empty.
func proposalTemplate(v *View) *Evidence {
	for _, d := range v.Matching(proposalTemplates, proposalTemplateFolders) {
		if len(strings.Fields(d.Content())) >= 3 {
			e := titled(d, "pull request template")
			return &e
		}
	}
	return nil
}

// issueTemplates returns the templates for issues; GitHub's config.yml is none.
func issueTemplates(v *View) []string {
	var out []string
	for _, p := range v.Named(issueForms, issueFormFolders) {
		if base := strings.ToLower(path.Base(p)); !strings.HasPrefix(base, "config.") {
			out = append(out, p)
		}
	}
	return out
}
