package check

import (
	"strings"
	"unicode"

	"misp-csirt-tooling/internal/pattern"
	"misp-csirt-tooling/internal/repo"
)

// emptyWords say nothing about a change, alone or together.
var emptyWords = wordSet(`a an the of in on to from for into and or with via by at as is it this that my our some more again another various several other
	feat feature fix fixes fixed fixing bug bugs bugfix bugfixes hotfix patch patches chg new dev usr doc docs chore ci test tests testing refactor style perf build upd
	update updates updated updating wip tmp temp work progress minor small little tiny misc miscellaneous stuff things thing
	change changes changed modification modifications edit edits edited tweak tweaks improvement improvements cleanup clean up
	add adds added adding create created creates delete deleted deletes remove removed rename renamed upload uploaded file files
	initial first commit commits merge merged merging branch branches master main develop remote-tracking sync save saved checkpoint
	oops ok done final release releases version code source readme changelog typo auto automatic automatically daily weekly nightly
	data maintenance stable public major see notes no message log empty pr issue start starting begin next`)

// releaseWords surround a version in a message that says no more than that: "Bump version number to 4.5.8".
var releaseWords = wordSet(`a an the of in to from for as is new this final public stable bump bumps bumped bumping tag tags tagged tagging
	prepare prepares prepared preparing set cut mark publish published version versions ver number release releases released releasing rel
	hotfix bugfix maintenance update updated updates updating upgrade upgraded upgrades upgrading upd bundled staged and related fixes chg chore fix build pkg
	beta alpha candidate
	create creates created start starts starting begin next`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}

// words splits a line into lower-case words; file names, versions and addresses stay whole.
func words(line string) []string {
	split := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()[]{}:;,!?\"'`*→=<>|", r) }
	var out []string
	for _, w := range strings.FieldsFunc(strings.ToLower(line), split) {
		if w = strings.Trim(w, ".-_/"); w != "" {
			out = append(out, w)
		}
	}
	return out
}

var (
	// versionWord is a word of a subject that is a version, with or without the name before it.
	versionWord = pattern.New(`^(?:[\p{L}][\p{L}\d]*[-_/])*(?:v|r)?\.?\d+(?:[._-]\d+)*(?:[._+-]?[a-z]+[._-]?\d*)*$`)
	// integer is a number that may be a version.
	integer = pattern.New(`^\d{1,5}$`)
	// fileName is the name of a file.
	fileName = pattern.New(`^[\w./-]*\.[a-z][a-z0-9]{0,9}$`)
	// ticket is the number of an issue in a tracker: "abc-123".
	ticket = pattern.New(`^[a-z]{2,10}-\d+$`)
	// parentheses are a remark at the end, such as the number of a pull request.
	parentheses = pattern.New(`\s*\([^)]*\)\s*$`)
)

// namesOnlyVersion reports whether a line of a message says no more than which version it is about: "Version 4.40.0",
// "hotfix-2.4.198", "Bump version: 2.4.19 → 2.4.20 (#12)". The words of the project's own name may stand in it.
func namesOnlyVersion(line, project string) bool {
	own := wordSet(strings.NewReplacer("-", " ", "_", " ", "/", " ").Replace(strings.ToLower(project)))
	version, number, said := false, false, false
	for _, w := range words(parentheses.ReplaceAllString(line, "")) {
		switch {
		case releaseWords[w]:
			said = said || strings.HasPrefix(w, "version") || strings.HasPrefix(w, "release")
		case own[w]:
		case integer.MatchString(w):
			number = true // a version only where the line says so
		case strings.ContainsAny(w, "0123456789") && versionWord.MatchString(w):
			version = true
		default:
			return false
		}
	}
	return version || number && said
}

// trailer matches a line that git and forges append to a message.
var trailer = pattern.New(`(?i)^(?:signed-off-by|co-authored-by|change-id|reviewed-by|cc|git-svn-id):`)

// saysNothing reports whether the message of a commit does not tell what changed: "Update README.md", "fix", "wip",
// "Merge branch 'x'" or a ticket number alone, and no explanation below.
func saysNothing(c *repo.Commit) bool {
	if !emptyLine(c.Subject) {
		return false
	}
	for line := range strings.Lines(c.Body) {
		if line = strings.TrimSpace(line); !trailer.MatchString(line) && !emptyLine(line) {
			return false
		}
	}
	return true
}

func emptyLine(line string) bool {
	if strings.HasPrefix(line, "Merge branch ") || strings.HasPrefix(line, "Merge remote-tracking branch ") {
		return true
	}
	for _, w := range words(line) {
		if !emptyWords[w] && telling(w) {
			return false
		}
	}
	return true
}

// telling reports whether a lower-case word can say something: it is neither a number, a version, a file, a ticket nor an address.
func telling(word string) bool {
	letters := 0
	for _, r := range word {
		if unicode.IsLetter(r) {
			letters++
			if r >= 0x3040 {
				return true // scripts that do not separate words
			}
		}
	}
	return letters >= 3 && !strings.ContainsAny(word, "@") && !fileName.MatchString(word) && !ticket.MatchString(word) && !versionWord.MatchString(word)
}
