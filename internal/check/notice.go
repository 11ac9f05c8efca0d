package check

import (
	"regexp"
	"slices"
	"strings"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/pattern"
)

// notice is what a project says about the state it is in.
type notice struct {
	state     noticeState
	doc       *Doc
	line, end int
	successor bool // it names what to use instead
}

type noticeState uint8

const (
	noNotice noticeState = iota
	frozen               // maintenance mode, looking for a maintainer
	ended                // end of life, archived, moved elsewhere
)

// topBlocks is how many blocks from the top of a document a notice may stand in that does not say what it is about.
const topBlocks = 15

// Words of a notice. What it is about must stand right before the verb: "a fork of the abandoned X" and "support for
// Python 2 is deprecated" are not about the project.
const (
	noticeSubject = `(?:this|the|our)(?: [\w.-]+)? (?:project|repository|repo|tool|software|application|codebase)`
	noticeLocal   = `this (?:\w+ )?(?:package|library|module|plugin|program|script|version|branch|code|framework|version of [\w. -]{2,30})`
	noticeVerb    = `(?: is| are| was| has been| have been| has| will be|'s)(?: (?:now|currently|officially|being|been|considered|hereby|permanently|also))*`
	noticeEnded   = `(?: (?:no longer|not)(?: being| actively| officially| longer)*(?: be)? (?:maintained|supported|updated)` +
		`| reached (?:its |the )?end[- ]of[- ](?:life|support)` +
		`| (?:in |an? |at |at its )?(?:deprecated|archived|abandoned|abandonware|discontinued|unmaintained|unsupported|obsolete|retired|sunset` +
		`|superseded|end[- ]of[- ]life|eol|dead|in read-only mode|read-only)\b(?: (?:and|in favou?r))?)`
	noticeFrozen = `(?: (?:in|on|under|into|entering|entered)(?: (?:a|only|pure))? (?:maintenance|life[- ]support|hibernation|feature[- ]freeze)` +
		`| (?:not|no longer)(?: being)? (?:under )?(?:active(?:ly)?) (?:developed|development)| not actively maintained| feature[- ]complete and` +
		`| feature[- ]frozen| (?:looking|searching) for (?:a |new |a new )?maintainers?| on hold| paused)`
	noticeMoved = `(?: (?:has|have|was|is|been))+ (?:moved|migrated|transferred|relocated) to\b`
)

var (
	// mayNotice rejects most blocks at once.
	mayNotice = pattern.New(`(?i)longer|maintain|deprecat|archiv|abandon|discontinu|unsupported|obsolete|retired|sunset|supersed` +
		`|end[- ]of|\beol\b|\bdead\b|read-only|ceased|stopped|maintenance|life[- ]support|hibernat|freeze|frozen|developed|development|complete` +
		`|on hold|paused|moved|migrated|transferred|relocated`)
	// saysEnded is a notice of the end that names its subject, wherever it stands.
	saysEnded = pattern.New(`(?i)\b` + noticeSubject + noticeVerb + noticeEnded +
		`|\b(?:we|i) (?:are|am)? ?no longer (?:maintain|develop|support|work on|maintaining|developing|supporting|working on)(?:ing)? (?:this|the) ` +
		`|\bdevelopment(?: of [\w.-]+)? (?:has|is|was)(?: been)? (?:ceased|stopped|discontinued|ended|abandoned)`)
	// saysEndedLocally is one that does not, or whose subject may be a part: it counts at the top of a document only.
	saysEndedLocally = pattern.New(`(?i)\b` + noticeLocal + noticeVerb + noticeEnded +
		`|^\W*(?:(?:warning|important|caution|attention|note|notice|status|project status|deprecation)\W*)*(?:this (?:project|repository|repo) )?(?:deprecated` +
		`|archived|unmaintained|abandoned|discontinued|no longer (?:actively )?maintained|not maintained(?: anymore| any more)?|end[- ]of[- ]life` +
		`|eol|deprecation notice|archived project)\W*(?:$|[.!:])`)
	// saysFrozen is a notice that nobody develops the project further for now.
	saysFrozen = pattern.New(`(?i)\b(?:` + noticeSubject + `|` + noticeLocal + `|it)` + noticeVerb + noticeFrozen +
		`|^\W*(?:(?:warning|important|caution|attention|note|notice|status|project status)\W*)+(?:in )?(?:maintenance[- ](?:mode|only)` +
		`|seeking maintainers?|looking for maintainers?)`)
	// saysFrozenLocally is one without a subject, at the top of a document only.
	saysFrozenLocally = pattern.New(`(?i)\b(?:is|now|currently)\b[^.]{0,40}\bin (?:a )?maintenance[- ](?:only )?mode\b`)
	// ofVersion matches the words before a notice on one version of several.
	ofVersion = pattern.New(`(?i)\b(?:v\d[\w.]*|(?:version|release|series|branch)s? \S+|\d+(?:\.\w+)+|\S+ (?:branch|series|release)(?:es)?)\W*$`)
	// supposed matches the words before a notice that is no statement: "whether the repository is archived".
	supposed = pattern.New(`(?i)\b(?:whether|if|unless|until|in case)\b[^.!?]*$`)
	// saysMoved is a notice that the project moved, which counts beside a link to where.
	saysMoved = pattern.New(`(?i)\b(?:` + noticeSubject + `|development(?: of [\w.-]+)?)` + noticeMoved)
	// successor are the words by which a notice leads to what to use instead.
	successor = pattern.New(`(?i)\b(?:success(?:or|ors)|succeeded by|supersed\w+|replaced by|replacement|in favou?r of` +
		`|(?:has|have|been|was|is) (?:moved|migrated|transferred) to|migrate to|continue[sd]? (?:at|in|as|under|on|here)` +
		`|(?:please )?(?:use|see|visit|switch to|check out|try|consider|recommend(?: using)?)\b.{0,120}\binstead` +
		`|(?:developed|maintained|lives?|available) (?:at|in|on|here|under))\b`)
)

// readNotice returns the gravest notice of the documents about the project of that name (owner/name).
func readNotice(docs []*Doc, name string) notice {
	var found notice
	own := pattern.New(`(?i)\b` + regexp.QuoteMeta(name[strings.LastIndexByte(name,
		'/')+1:]) + `(?:\.\w{2,4}| \([\w .-]{1,20}\))?` + noticeVerb + `(?:(` + noticeEnded + `)|` + noticeFrozen + `)`)
	for _, d := range docs {
		blocks := d.Document().Blocks
		for i, b := range blocks {
			if b.Kind == document.Code {
				continue
			}
			if state, offset := blockNotice(&b, i < topBlocks, own, name); state > found.state {
				line := b.LineAt(offset)
				found = notice{state: state, doc: d, line: line, end: max(line, b.End), successor: linksSibling(&b, name) || namesSuccessor(blocks[i:min(len(blocks), i+3)])}
			}
		}
	}
	return found
}

// blockNotice returns what a block says of the project's state, and at which offset of its text.
func blockNotice(b *document.Block, top bool, own *pattern.Pattern, name string) (noticeState, int) {
	if !mayNotice.MatchString(b.Text) {
		return badgeNotice(b), 0
	}
	text := strings.Map(plain, b.Text)
	if m := own.FindStringSubmatchIndex(text); m != nil && !supposed.MatchString(text[:m[0]]) {
		if m[2] >= 0 {
			return ended, m[0]
		}
		return frozen, m[0]
	}
	if m := saysEnded.FindStringIndex(text); m != nil && !supposed.MatchString(text[:m[0]]) {
		return ended, m[0]
	}
	if m := saysEndedLocally.FindStringIndex(text); m != nil && top {
		return ended, m[0]
	}
	if m := saysMoved.FindStringIndex(text); m != nil && leadsElsewhere(b, name) {
		return ended, m[0]
	}
	if m := saysFrozen.FindStringIndex(text); m != nil && !supposed.MatchString(text[:m[0]]) {
		return frozen, m[0]
	}
	if m := saysFrozenLocally.FindStringIndex(text); m != nil && top && !ofVersion.MatchString(text[:m[0]]) {
		return frozen, m[0]
	}
	return badgeNotice(b), 0
}

// plain drops the marks of emphasis and straightens apostrophes.
func plain(r rune) rune {
	switch r {
	case '*', '_', '`', '~':
		return -1
	case '’':
		return '\''
	}
	return r
}

// badgeNotice reads the badges of repostatus.org, with which a project declares its own state.
func badgeNotice(b *document.Block) noticeState {
	for _, l := range b.Links {
		_, status, ok := strings.Cut(strings.ToLower(l.Target), "repostatus.org/")
		if !ok {
			continue
		}
		for _, s := range []string{"abandoned", "unsupported", "moved"} {
			if strings.Contains(status, s) {
				return ended
			}
		}
		for _, s := range []string{"inactive", "suspended"} {
			if strings.Contains(status, s) {
				return frozen
			}
		}
	}
	return noNotice
}

// leadsElsewhere reports whether a block links to another place than the repository itself.
func leadsElsewhere(b *document.Block, name string) bool {
	for _, l := range b.Links {
		if !l.Image && strings.Contains(l.Target, "://") && !strings.Contains(strings.ToLower(l.Target), strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// linksSibling reports whether a block links another repository of the same owner, which a notice of the end does only to lead there.
func linksSibling(b *document.Block, name string) bool {
	owner, own, ok := strings.Cut(name, "/")
	return ok && slices.ContainsFunc(b.Links, func(l document.Link) bool {
		m := onForge.FindStringSubmatch(l.Target)
		return !l.Image && m != nil && strings.EqualFold(m[1], owner) && !strings.EqualFold(strings.TrimSuffix(m[2], ".git"), own)
	})
}

// namesSuccessor reports whether a notice, or what follows it at once, says what to use instead.
func namesSuccessor(blocks []document.Block) bool {
	for i := range blocks {
		if i > 0 && blocks[i].Kind == document.Heading {
			return false
		}
		if successor.MatchString(blocks[i].Text) {
			return true
		}
	}
	return false
}
