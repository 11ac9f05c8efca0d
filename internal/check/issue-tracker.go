package check

import (
	"path"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var issueTracker = &Check{
	ID:      "issue-tracker",
	Name:    "Issue tracker",
	Short:   "issue tracker",
	Asks:    "Can a user open an issue, and does the project say where?",
	Clause:  practice.OpenToChanges,
	Why:     "Users find faults first; they must know where to report them.",
	Fix:     "Link the issue tracker in README.md and ask users to report problems there.",
	Met:     "Issues can be opened and the project points at the place.",
	Partial: "Templates exist, but nothing says where the tracker is.",
	Unmet:   "No tracker is open to users.",

	Needs: repo.Files,
	Uses:  repo.Forge,
	Reads: []string{
		"{,.github/,docs/,doc/}readme*",
		"{,.github/,.gitlab/,docs/,doc/}{contributing,contributors,support,help,howto,faq,install,security}*.{md,rst,adoc,txt}", "{,.github/}contributing",
		".github/issue_template/config.{yml,yaml}", "{,.github/}issue_template.md", ".github/issue_template/*.md", proposalTemplates,
		"**/{pyproject.toml,setup.py,setup.cfg,package.json,composer.json,codemeta.json,publiccode.yml,pom.xml}", "*.{gemspec,cabal,opam}",
		"{cargo.toml,description}",
		"{docs,doc,documentation}/**/*.{md,rst,adoc}",
		"**/docker/readme*.{md,rst}", // the text for a registry of images, which says where to file issues
		"**/{about,help,support,feedback,contact,footer,navbar,sidebar,menu,base,layout,error,errors,404,500,update*}.{html,htm,vue,svelte,tsx,jsx,j2,jinja,jinja2,tmpl,erb,twig}",
		"**/{error,errors}/{404,500}.html",
	},
	Lists: []string{issueForms, issueFormFolders},
	Judge: judgeIssueTracker,
}

var (
	// address is an address of the web in a file that is no document.
	address = pattern.New(`https?://[^\s"'<>)\]}\\]+`)
	// trackerPath is the path of a list of issues, or of the form for a new one: the project in it, and not a single issue.
	trackerPath = pattern.New(`(?i)^https?://[^/]+/(?:[^?#]*?/)?([^/?#]+)/(?:-/)?(?:issues|work_items|tickets|bugs` +
		`|feature-requests)(?:/new|/choose)*/?(?:[?#].*)?$`)
	// trackerHost are trackers of other kinds, each of which names the project in its own way.
	trackerHost = pattern.New(`(?i)^https?://(bugs\.launchpad\.net/|todo\.sr\.ht/~|bugzilla\.|[^/]+/(bugzilla|jira)\b|jira\.` +
		`|redmine\.[^/]+/projects/|[^/]+/redmine/projects/|[^/]+\.atlassian\.net/(browse|projects|jira)/|(savannah|savannah\.non)gnu\.org/bugs/)`)
	// asking are words that send a reader to a tracker.
	asking = pattern.New(`(?i)\b(report(ed|ing|s)?|open(ing)?|creat(e|ing)|fil(e|ing)|submit(ting)?|rais(e|ing)|feedback)\b`)
	// trackerField is the name of a field of metadata that leads to a tracker.
	trackerField = pattern.New(`(?i)(issue|bug|tracker|ticket)`)
	// openIssue is a sentence that asks to open an issue.
	openIssue = pattern.New(`(?i)\b(open|opening|create|creating|file|filing|submit|submitting|raise|raising)\b(\s+\w+){0,4}\s+(issues?|tickets?)\b|` +
		`\b(github|gitlab|codeberg|gitea|forgejo|bitbucket)('s)? (issues?|issue tracker|tracker)\b|\b(issue|bug) ?tracker\b|` +
		`\b(use|see|visit|via|through|in|under) (the |our )?['"]?issues?['"]? (section|page|tab)\b`)
	// onForge is a repository on a forge: its owner and its name.
	onForge = pattern.New(`(?i)^https?://(?:github\.com|codeberg\.org|bitbucket\.org|[^/]*gitlab[^/]*)/([^/?#]+)/([^/?#]+)`)
	// wordless are files whose words on issues say nothing of where they are: a security policy speaks of those that are not to be
	// public, a template of the one that is being written.
	wordless = pattern.New(`(?i)security|issue_template`)
	// toRepository is a sentence that sends reports to the place it links.
	toRepository = pattern.New(`(?i)\b(bug|issue|error|problem) reports?\b` +
		`|\b(report(ing|ed)?|fil(e|ing)|submit(ting)?|rais(e|ing)|open(ing)?)\b(\s+\w+){0,4}\s+(bugs?|issues?|problems?|errors?)\b` +
		`|\b(bugs?|issues?|problems?|errors?)\b[^.]{0,30}\breported\b`)
	// singleIssue is the path of one issue, which a text cites as an example or as a reason.
	singleIssue = pattern.New(`(?i)^https?://[^?#]+/(?:issues|work_items)/\d+`)
	// byProgram is a sentence on the tickets that the program itself opens.
	byProgram = pattern.New(`(?i)\b(?:alert(?:er)?|plug-?in|module|bot|integration|connector|responder|playbook|program|script|action|job|rule)s? (?:will |can |may |automatically |then ){0,2}` +
		`(?:open|creat|fil|rais|submit)(?:e?s|e)?\b|\b(?:open|creat|fil|rais|submit)\w*\b[^.]{0,60}\b(?:when(?:ever)?|for (?:each|every)) (?:an?|the)? ?(?:alerts?|events?|incidents?|findings?|matche?s?)\b`)
	// notIssue is a sentence that asks not to, or to do so elsewhere.
	notIssue = pattern.New(`(?i)\b(not|n't|never|no)\b[^.]{0,40}\b(open|create|file|submit|raise|use|report)`)
)

func judgeIssueTracker(v *View) Finding {
	link, words, repository := trackerLink(v), trackerWords(v), repositoryLink(v)
	if v.Forge.Known() && v.Forge.Value.Tracker != "" {
		return met([]Evidence{{URL: v.Forge.Value.Tracker, Note: "the tracker that the forge leads to"}}, "the forge leads to an issue tracker")
	}
	if v.Forge.Known() && (v.Forge.Value.Archived == repo.Yes || v.Forge.Value.Issues == repo.No) {
		state := "switched off on the forge"
		if v.Forge.Value.Archived == repo.Yes {
			state = "closed, for the repository is archived"
		}
		switch {
		case link != nil && !link.own:
			return met([]Evidence{link.place}, "%s points at an issue tracker elsewhere", link.place.Path)
		case link != nil:
			return partial([]Evidence{link.place}, "%s points at the issues, which are %s", link.place.Path, state)
		}
		return unmet([]Evidence{v.page("", "the forge's word on issues")}, "issues are %s, and no other tracker is named", state)
	}
	switch {
	case link != nil:
		return met([]Evidence{link.place}, "%s links the issue tracker", link.place.Path)
	case repository != nil:
		return met([]Evidence{*repository}, "%s sends reports of bugs to the repository", repository.Path)
	case words != nil:
		return met([]Evidence{*words}, "%s asks users to open an issue", words.Path)
	case v.Forge.Known() && v.Forge.Value.Issues == repo.Yes:
		return met([]Evidence{v.page("/issues", "the forge says that issues can be opened")}, "issues can be opened on the forge")
	}
	if t := issueTemplates(v); len(t) > 0 {
		return partial([]Evidence{named(t[0], "issue template")}, "there are only issue templates; no text says where the tracker is")
	}
	if mail := reportsByMail(v); mail != nil {
		return partial([]Evidence{*mail}, "%s takes reports of bugs by mail; no tracker is linked", mail.Path)
	}
	return unknown("no file points at a tracker, and only the forge knows whether issues can be opened")
}

// tracker is a link to an issue tracker; own if it is the one of this repository on its forge.
type tracker struct {
	place Evidence
	own   bool
}

// trackerLink finds the first link to the list of the project's issues.
func trackerLink(v *View) *tracker {
	for _, d := range v.Docs {
		if isMetadata(d.Path) {
			if t := metadataTracker(v, d); t != nil {
				return t
			}
			continue
		}
		for _, b := range d.Document().Blocks {
			for _, l := range b.Links {
				if m := trackerPath.FindStringSubmatch(l.Target); (m != nil && meant(v, m[1], b.Text)) ||
					(trackerHost.MatchString(l.Target) && (asking.MatchString(b.Text) || trackerField.MatchString(l.Text))) {
					return &tracker{at(d, l.Line, l.Line, "link to the tracker"), isOwn(v, l.Target)}
				}
			}
		}
	}
	return nil
}

// repositoryLink finds the first sentence that sends reports of bugs to the repository itself, of whose issues they become part.
func repositoryLink(v *View) *Evidence {
	this := v.owner() + "/" + path.Base(v.Name)
	leadsHere := func(l document.Link) bool {
		m := onForge.FindStringSubmatch(l.Target)
		return m != nil && strings.EqualFold(m[1]+"/"+strings.TrimSuffix(m[2], ".git"), this) && m[0] == strings.TrimSuffix(l.Target, "/")
	}
	for _, d := range v.Docs {
		if isMetadata(d.Path) || isChangelog(d.Path) || wordless.MatchString(d.Path) {
			continue
		}
		for _, b := range d.Document().Prose() {
			links := b.Links
			if !slices.ContainsFunc(links, leadsHere) {
				continue
			}
			for _, s := range b.Sentences() {
				var own []document.Link
				own, links = sentenceLinks(s, links)
				i := slices.IndexFunc(own, leadsHere)
				if i >= 0 && toRepository.MatchString(s.Text) && !notIssue.MatchString(s.Text) {
					e := at(d, own[i].Line, own[i].Line, "where bugs are reported")
					return &e
				}
			}
		}
	}
	return nil
}

// meant reports whether a tracker of the project of that name is this project's: by its name, or because the text around
// it sends reports there without speaking of another project.
func meant(v *View, project, text string) bool {
	name := v.Name[strings.LastIndexByte(v.Name, '/')+1:]
	if strings.EqualFold(project, name) {
		return true
	}
	text = spaced(openSource.ReplaceAllString(address.ReplaceAllString(text, ""), ""))
	return asking.MatchString(text) && !strings.Contains(text, spaced(project))
}

// openSource is how programs are called, which asks nobody to open anything.
var openSource = pattern.New(`(?i)\bopen[- ]sourc\w+`)

func isOwn(v *View, target string) bool {
	return strings.Contains(strings.ToLower(target), "/"+strings.ToLower(v.Name)+"/")
}

// isMetadata tells the files whose addresses stand in fields, not in prose.
func isMetadata(p string) bool {
	switch p[strings.LastIndexByte(p, '.')+1:] {
	case "toml", "py", "cfg", "json", "yml", "yaml", "xml", "gemspec", "cabal", "opam":
		return true
	}
	return false
}

// metadataTracker finds the tracker that package metadata name: by its address, or by the field that it stands in.
func metadataTracker(v *View, d *Doc) *tracker {
	line := 0
	for text := range strings.Lines(d.Content()) {
		line++
		for _, target := range address.FindAllString(text, -1) {
			m := trackerPath.FindStringSubmatch(target)
			field, _, _ := strings.Cut(strings.ToLower(text), "http")
			if (m != nil && meant(v, m[1], "")) || ((m != nil || trackerHost.MatchString(target)) && trackerField.MatchString(field)) {
				return &tracker{at(d, line, line, "tracker in the package metadata"), isOwn(v, target)}
			}
		}
	}
	return nil
}

// trackerWords finds words that send users to the issues of the forge.
func trackerWords(v *View) *Evidence {
	for _, d := range v.Docs {
		if isMetadata(d.Path) || isChangelog(d.Path) || wordless.MatchString(d.Path) {
			continue
		}
		handbook := !aboutProject(d.Path)
		for _, b := range d.Document().Prose() {
			if handbook && !underHeading(d.Document(), b.Section, onHelp) {
				continue
			}
			links := b.Links
			for _, s := range b.Sentences() {
				var own []document.Link
				own, links = sentenceLinks(s, links)
				if openIssue.MatchString(s.Text) && !byProgram.MatchString(s.Text) && !notIssue.MatchString(s.Text) && !elsewhere(v, b.Links) && !citesIssues(own) {
					e := at(d, s.Line, s.Line, "on opening an issue")
					return &e
				}
			}
		}
	}
	return nil
}

var (
	// onHelp is a heading, or the name of a page, under which users are told where to turn to.
	onHelp = pattern.New(`(?i)contribut|support|help|feedback|bugs?\b|issues?\b|problem|trouble|faq|question|report|develop|communit|contact|get(ting)? (involved|in touch)`)
	// handbookFolder matches pages for users, which tell of the tickets of the trackers that the program serves.
	handbookFolder = pattern.New(`(?i)^(?:docs?|documentation)/`)
)

// aboutProject reports whether a document is about the project itself rather than the use of the program.
func aboutProject(p string) bool {
	return !handbookFolder.MatchString(p) || strings.HasPrefix(strings.ToLower(path.Base(p)), "readme") || onHelp.MatchString(p)
}

// reportsByMail finds a sentence that asks to send reports of bugs to an address.
func reportsByMail(v *View) *Evidence {
	for _, d := range v.Docs {
		if isMetadata(d.Path) || isChangelog(d.Path) || wordless.MatchString(d.Path) {
			continue
		}
		for _, b := range d.Document().Prose() {
			for _, a := range b.Addresses() {
				for _, s := range b.Sentences() {
					if s.Line == a.Line && toRepository.MatchString(s.Text) && !notIssue.MatchString(s.Text) &&
						!document.HasWords(s.Text, "security", "vulnerabilit*") && !madeUp(a.Mail) {
						e := at(d, s.Line, s.Line, "where bugs are reported")
						return &e
					}
				}
			}
		}
	}
	return nil
}

// citesIssues reports whether a sentence links single issues.
func citesIssues(links []document.Link) bool {
	return slices.ContainsFunc(links, func(l document.Link) bool { return singleIssue.MatchString(l.Target) })
}

// elsewhere reports whether one of the links leads to another project on a forge.
func elsewhere(v *View, links []document.Link) bool {
	for _, l := range links {
		m := onForge.FindStringSubmatch(l.Target)
		if m != nil && !strings.EqualFold(strings.TrimSuffix(m[2], ".git"), v.Name[strings.LastIndexByte(v.Name, '/')+1:]) {
			return true
		}
	}
	return false
}

// owner returns whose repository it is. A directory has no owner; then a link to a repository of its name tells.
func (v *View) owner() string {
	owner, name, found := strings.Cut(v.Name, "/")
	if found {
		return owner
	}
	for _, d := range v.Docs {
		if isMetadata(d.Path) {
			continue
		}
		for _, l := range d.Document().Links() {
			if m := onForge.FindStringSubmatch(l.Target); m != nil && strings.EqualFold(strings.TrimSuffix(m[2], ".git"), v.Name) {
				return m[1]
			}
		}
	}
	return name
}
