package check

import (
	"cmp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/practice"
	"misp-csirt-tooling/internal/repo"
)

var securityNotification = &Check{
	ID:       "security-notification",
	Name:     "Notice of security fixes",
	Short:    "notice of security fixes",
	Asks:     "Are users told about security fixes?",
	Clause:   practice.Notification,
	Why:      "Operators can only update in time if somebody tells them.",
	Fix:      "Name in SECURITY.md the channel that announces security fixes, and keep a security part in the release notes (model: keepachangelog).",
	Met:      "A stated channel, or a security part in the notes of each release.",
	Partial:  "General announcements only.",
	Unmet:    "No channel that announces them.",
	Needs:    repo.Files,
	Uses:     repo.Tags | repo.Releases | repo.Advisories | repo.Inherited,
	Reads:    slices.Concat(policyGlobs, partGlobs, advisoryGlobs, changelogGlobs, upgradeGlobs, []string{communityGlob, noteCategoriesGlob, drafterGlob}),
	Inherits: []repo.Community{repo.SecurityPolicy, repo.Contributing},
	Judge:    judgeSecurityNotification,
}

// communityGlob is the place of pages on where users and project meet.
const communityGlob = "{doc,docs,documentation}/**/{community,resources,help,support,contact,contacts,getting-help,mailing*,news}.{md,rst,txt,adoc}"

var (
	// channels matches a sentence that names a channel for news about security.
	channels = pattern.New(`(?i)\bsecurity[- ](?:announce\w*|advisor(?:y|ies)|news|notices?|notifications?|bulletins?|updates?|fixes` +
		`|releases?|alerts?)\b.{0,100}\b(?:mailing list|newsletter|rss|atom|feed|announce\w*|subscri\w+|blog|web ?site|page)\b|` +
		`\b(?:mailing list|newsletter|rss|atom|feed|announce\w*|subscribe|blog|watch)\b.{0,100}\bsecurity[- ](?:announce\w*|advisor(?:y|ies)|news` +
		`|notices?|notifications?|bulletins?|updates?|fixes|releases?|issues?|alerts?)\b`)
	// pointsTo matches a sentence that only says where advisories are.
	pointsTo = pattern.New(`(?i)\badvisor(?:y|ies)\b.{0,80}\b(?:found|available|listed|see|here)\b|\bsee\b.{0,60}\badvisor(?:y|ies)\b`)
	// tells matches a sentence by which the project owes its users the news of a vulnerability.
	tells = pattern.New(`(?i)\b(?:inform|notif(?:y|ied)|tell|alert|warn)\w* (?:\w+ ){0,2}users\b` +
		`|\bevery user\b.{0,80}\b(?:understand|know|aware)|\bpublish\w*\b.{0,40}\b(?:cves?|vulnerabilit(?:y|ies))\b` +
		`|\b(?:cves?|vulnerabilit(?:y|ies)|security issues?)\b.{0,60}\b(?:(?:is|are|be) (?:\w+ )?(?:published|announced|disclosed|made public))\b`)
	// news matches a sentence on a channel for news in general.
	news = pattern.New(`(?i)\bmailing[- ]?lists?\b|\bnewsletter\b|\bfollow (?:us|the project|@?\w+ on)\b` +
		`|\bnews\b.{0,80}\b(?:twitter|mastodon|blog|linkedin|bluesky|telegram|account|page|rss)\b` +
		`|\bupdates\b.{0,60}\b(?:twitter|mastodon|blog|linkedin|bluesky|telegram)\b` +
		`|^\W*(?:official |project )?(?:blog|twitter|mastodon|bluesky)\W*:|\b(?:we are|we're|find us) (?:also )?on\b.{0,30}\b(?:twitter|mastodon|bluesky)\b` +
		`|\b(?:official|project)\b.{0,40}\b(?:twitter|mastodon|bluesky)\b|\brelease (?:feed|notifications?)\b|\bannouncements? (?:list|channel)` +
		`|\bannounc\w+\b.{0,60}\b(?:releases?|updates?|new versions?)\b|\b(?:releases|updates|new versions)\b.{0,60}\bannounced\b`)
	// blogPost is a single text, no channel.
	blogPost = pattern.New(`(?i)\bblog (?:posts?|articles?|entry|entries)\b`)
	// talk and announced tell a list on which people talk from one for news.
	talk = pattern.New(`(?i)\bmailing[- ]?lists?\b[^.]{0,40}\b(?:discuss\w*|develop\w*|contribut\w*|questions?|posts?)\b` +
		`|\b(?:discussions?|development|developers?)'? mailing[- ]?lists?\b`)
	// chatBeside tells that a list is one of the places where people talk, and agreementWords that a sentence is of a licence.
	chatBeside = pattern.New(`(?i)\bmailing[- ]?lists?\W+(?:and|or|,)\W+(?:\w+\W+){0,2}(?:irc|slack|discord|gitter|matrix|chat)\b` +
		`|\b(?:irc|slack|discord|gitter|matrix|chat)(?: \w+)?\W+(?:and|or|,)\W+(?:\w+\W+){0,2}mailing[- ]?lists?\b`)
	agreementWords = pattern.New(`(?i)\belectronic mailing lists\b`)
	// announced are what a list for news is about.
	announced = pattern.New(`(?i)\b(?:announc\w+|news\w*|releases?|updates?|security)\b`)
	// aboutProgram matches a sentence on the messages and feeds that the program itself handles.
	aboutProgram = pattern.New(`(?i)\b(?:bgp|routes?|prefix\w*|parse[sr]?|collect\w*|crawl\w*|process\w*|connector|import\w*|export\w*` +
		`|module|plugin|dump|configur\w+|fetch\w*|analy[sz]\w+|monitor\w*|code of conduct|enforce\w*|harass\w*)\b`)
)

// How many of the newest releases are looked at, and in how many of them a heading on security, or a mark at single notes,
// makes a habit.
const (
	releasesLooked = 100
	headingHabit   = 2
	markHabit      = 3
)

func judgeSecurityNotification(v *View) Finding {
	sentences := policySentences(v)
	var owed, pointer *policySentence
	for i := range sentences {
		s := &sentences[i]
		if document.Denies(s.Text, "advisor*", "announce*", "publish*", "notif*", "inform*") || invites.MatchString(s.Text) && !s.ours {
			continue
		}
		switch {
		case pointsTo.MatchString(s.Text):
			pointer = cmp.Or(pointer, s) // what stands behind the link was not read
		case s.promisesAdvisory() || channels.MatchString(s.Text):
			return met(s.evidence("channel for security fixes"), "%s names where fixed vulnerabilities are announced", s.doc.Path)
		case tells.MatchString(s.Text):
			owed = cmp.Or(owed, s)
		}
	}
	if advisories := v.Matching(advisoryGlobs...); len(advisories) > 0 {
		if f, ok := advisory(advisories[0], v.Name); ok {
			return met([]Evidence{f.where}, "the project publishes advisories in its tree")
		}
	}
	if notices := noticedFlaws(v); len(notices) > 0 {
		return met([]Evidence{notices[0].where}, "%s tells users of the project's own vulnerabilities", notices[0].where.Path)
	}
	if flaws := publishedFlaws(v); len(flaws) > 0 {
		return met([]Evidence{flaws[0].where}, "fixed vulnerabilities are announced by advisories on the forge")
	}
	for _, f := range ownFlaws(v) {
		if strings.HasPrefix(f.ID, "GHSA-") && f.where.Path != "" && (f.fixed.IsZero() || f.fixed.AddDate(recentYears, 0, 0).After(v.Time)) {
			return met([]Evidence{f.where}, "%s cites the project's own advisories on the forge", f.where.Path)
		}
	}
	general := generalNews(v)
	if owed != nil && general != nil {
		return met(append(owed.evidence("users are told"), general...), "%s says that vulnerabilities are published, and news go to a named channel", owed.doc.Path)
	}
	told, habit := securityInNotes(v)
	categorised, tagged := securityCategory(v), securityTag(v)
	switch {
	case habit:
		return met(told, "the release notes tell security fixes apart, release by release")
	case owed != nil:
		return partial(owed.evidence("users are told"), "%s says that vulnerabilities are published, but names no channel", owed.doc.Path)
	case pointer != nil:
		return partial(pointer.evidence("link to advisories"),
			"%s links to advisories elsewhere, but does not say that security fixes are announced there", pointer.doc.Path)
	case general != nil:
		return partial(general, "news go to a general channel; none is named for security fixes")
	case categorised != nil:
		return partial([]Evidence{*categorised}, "%s gives security fixes a part of the release notes, but no channel announces them", categorised.Path)
	case told != nil:
		return partial(told, "release notes mark a security fix now and then, but no channel announces them")
	case tagged != nil:
		return partial([]Evidence{*tagged}, "a tag message tells of security fixes, but no channel announces them")
	}
	return unmet(nil, "no channel announces security fixes, and no release notes mark them")
}

// fixesTold matches a message that tells of security fixes.
var fixesTold = pattern.New(`(?i)(?:^|[^-\w])security (?:fix\w*|issues?|bugs?|patch\w*|release|updates?|vulnerabilit\w+)\b`)

// securityTag returns the newest of the recent version tags whose message tells of security fixes, nil if none does.
func securityTag(v *View) *Evidence {
	tags := versionTags(v)
	for _, t := range tags[:min(len(tags), recentTags)] {
		if t.Annotated && fixesTold.MatchString(t.Message) && t.Time.AddDate(recentYears, 0, 0).After(v.Time) {
			return &Evidence{Tag: t.Name, Note: "its message tells of security fixes"}
		}
	}
	return nil
}

// drafterGlob is the place of the categories into which Release Drafter sorts the notes that it drafts.
const drafterGlob = ".github/release-drafter.{yml,yaml}"

// categoryTitle matches the title of a category of generated notes and captures it.
var categoryTitle = pattern.New(`(?m)^\s*- title:[ \t]*["']?(.*?)["']?[ \t]*$`)

// securityCategory returns where generated release notes have a category for security, nil if they have none. Where the tree
// holds the notes, they tell by themselves whether it was ever used.
func securityCategory(v *View) *Evidence {
	if slices.ContainsFunc(v.Matching(changelogGlobs...), holdsReleases) {
		return nil
	}
	for _, d := range v.Matching(noteCategoriesGlob, drafterGlob) {
		for _, m := range categoryTitle.FindAllStringSubmatchIndex(d.Content(), -1) {
			if securityHeading.MatchString(d.Content()[m[2]:m[3]]) {
				line := lineAt(d.Content(), m[2])
				e := at(d, line, line, "category of generated release notes")
				return &e
			}
		}
	}
	return nil
}

// securityInNotes returns where the release notes of recent years tell security fixes apart, at most three places, and whether
// they do so by habit.
func securityInNotes(v *View) (told []Evidence, habit bool) {
	headings, marks := 0, 0
	for _, d := range v.Matching(changelogGlobs...) {
		n := 0
		for r := range document.Releases(d.Content()) {
			if n++; n > releasesLooked {
				break
			}
			if !mayMark(r.Body()) || !r.Date.IsZero() && r.Date.AddDate(recentYears, 0, 0).Before(v.Time) {
				continue
			}
			heading, mark, hint := securityNote(&r)
			for _, note := range []*document.Note{heading, mark, hint} {
				if note != nil && len(told) < markHabit {
					told = append(told, at(d, note.Line, note.End, "security in "+cmp.Or(r.Version, "the newest changes")))
					break
				}
			}
			if heading != nil {
				headings++
			}
			if heading != nil || mark != nil {
				marks++
			}
			if headings == headingHabit || marks == markHabit {
				return told, true
			}
		}
	}
	for i := range v.Releases.Value[:min(len(v.Releases.Value), releasesLooked)] {
		r := &v.Releases.Value[i]
		if !mayMark(r.Notes) || r.Time.AddDate(recentYears, 0, 0).Before(v.Time) {
			continue
		}
		for line := range strings.Lines(r.Notes) {
			title, heading := strings.CutPrefix(strings.TrimLeft(line, " "), "#")
			if heading && securityHeading.MatchString(strings.TrimSpace(title)) || noteMark.MatchString(line) {
				told = append(told, Evidence{URL: r.URL, Tag: r.Tag, Note: "security in " + r.Tag})
				if marks++; marks == markHabit {
					return told, true
				}
				break
			}
		}
	}
	return told[:min(len(told), 1)], false
}

// securityNote returns the first notes of a release that stand under a heading on security, that are marked as security fixes, and
// that speak of one.
func securityNote(r *document.Release) (heading, mark, hint *document.Note) {
	for note := range r.Notes() {
		switch {
		case heading == nil && securityHeading.MatchString(note.Section):
			return &note, mark, hint
		case !mayMark(note.Text):
		case mark == nil && noteMark.MatchString(note.Text):
			mark = &note
		case hint == nil && noteHint.MatchString(note.Text):
			hint = &note
		}
	}
	return heading, mark, hint
}

// mayMark rejects cheaply most texts that do not speak of security.
func mayMark(text string) bool {
	return strings.Contains(text, "ecurity") || strings.Contains(text, "SECURITY") || strings.Contains(text, "ulnerab") || strings.Contains(text, "CWE-")
}

var (
	// securityHeading is a heading of release notes under which fixes of security are listed.
	securityHeading = pattern.New(`(?i)^\W*(?:security|vulnerabilit(?:y|ies))(?: (?:fix(?:es)?|updates?|issues?|advisor(?:y|ies)|notes?` +
		`|changes|improvements))?\W*$|^\W*security(?: \w+){0,2} fix`)
	// noteMark is a mark at a single note: "Security:", "fix: [security]".
	noteMark = pattern.New(`(?i)^(?:\W*(?:fix|chg|new)\W+)?\W*security(?: #\d+)?\W*:|\[security\]`)
	// noteHint are words in a note that speak of security without a mark.
	noteHint = pattern.New(`(?i)\bsecurity\W+(?:fix|issue|problem|hardening|related|bug|flaw|vulnerab|patch|release|update|relevan)|\bCWE-\d`)
)

// socialAccount is an item that is nothing but the link to an account, and handles a paragraph that names accounts, under a heading
// that leads to such.
var (
	handles       = pattern.New(`(?i)^\W*(?:twitter|mastodon|bluesky)\b\W+@\w[\w.@-]*(?:\W+@\w[\w.@-]*)*\W*$`)
	socialAccount = pattern.New(`(?i)^\W*(?:twitter|x|mastodon|bluesky|linkedin|blog)\W*$`)
	onAccounts    = pattern.New(`(?i)\b(?:social|follow|news|communit\w+|stay|contact|connect)\b`)
)

// generalNews returns where the project names a channel for its news.
func generalNews(v *View) []Evidence {
	for _, d := range append(v.Matching(partGlobs...), v.Matching(communityGlob)...) {
		doc := d.Document()
		for i := range doc.Blocks {
			b := &doc.Blocks[i]
			if b.Kind == document.Code {
				continue
			}
			if b.Kind == document.Heading {
				if news.MatchString(b.Text) {
					return []Evidence{at(d, b.Line, b.End, "general channel")}
				}
				continue
			}
			if len(b.Links) > 0 && (b.Kind == document.Item && socialAccount.MatchString(b.Text) || handles.MatchString(b.Text)) && underHeading(doc, b.Section, onAccounts) {
				return []Evidence{at(d, b.Line, b.End, "general channel")}
			}
			for _, s := range b.Sentences() {
				if hit := news.FindString(blogPost.ReplaceAllString(s.Text, "post")); hit != "" && (announced.MatchString(s.Text) || !talk.MatchString(s.Text) && !chatBeside.MatchString(s.Text)) && !agreementWords.MatchString(s.Text) &&
					!aboutProgram.MatchString(s.Text) && !document.Denies(s.Text, "mailing list*", "newsletter*", "announcement*", "news") {
					line := b.LineAt(max(0, strings.Index(b.Text, s.Text)) + max(0, strings.Index(s.Text, hit)))
					return []Evidence{at(d, line, line, "general channel")}
				}
			}
		}
	}
	return nil
}
