package repo

import (
	"strings"
	"unicode/utf8"
)

// The readers of paths, one or more for each kind of forge. A branch, commit or file that an address names is carried
// along, where the forge marks it; only the tag of a tag page, release or archive is to be assessed (Target.Pinned).

// readGitHub reads github.com/OWNER/NAME/..., and the API of a GitHub Enterprise Server, which is on the same host.
func readGitHub(t *Target, s segments) {
	owner := s.next()
	if owner == "orgs" || owner == "users" {
		owner, s = s.next(), ""
	}
	if owner == "api" {
		if s.next() == "v3" {
			readGitHubAPI(t, s)
		}
		return
	}
	if !t.setProject(owner, s.next(), isGitHubOwner) {
		return
	}
	switch view := s.next(); view {
	case "tree", "blob", "raw", "blame", "edit", "commits":
		t.setPlace(s, view == "tree")
	default:
		t.setPage(view, s)
	}
}

// setPage takes what a page names that GitHub and Gitea have alike.
func (t *Target) setPage(view string, s segments) {
	switch view {
	case "commit":
		t.setRevision(s.next())
	case "releases":
		t.setRelease(s)
	case "archive":
		t.setArchive(s.rest())
	}
}

// readGitHubAPI reads api.github.com/repos/OWNER/NAME/... and the like.
func readGitHubAPI(t *Target, s segments) {
	switch s.next() {
	case "orgs", "users":
		readGitHub(t, s.first())
	case "repos":
		if !t.setProject(s.next(), s.next(), isGitHubOwner) {
			return
		}
		switch s.next() {
		case "releases":
			if s.next() == "tags" {
				t.SetVersion(s.rest())
			}
		case "tarball", "zipball":
			t.setArchive(s.rest())
		case "commits":
			t.setRevision(s.next())
		case "contents":
			t.setSubpath(s.rest())
		}
	}
}

// readCodeload reads codeload.github.com/OWNER/NAME/FORMAT/REVISION.
func readCodeload(t *Target, s segments) {
	if t.setProject(s.next(), s.next(), isGitHubOwner) && s.next() != "" {
		t.setArchive(s.rest())
	}
}

// readGitHubRaw reads raw.githubusercontent.com/OWNER/NAME/REVISION/PATH.
func readGitHubRaw(t *Target, s segments) {
	owner := s.next()
	wiki := owner == "wiki"
	if wiki {
		owner = s.next()
	}
	if t.setProject(owner, s.next(), isGitHubOwner) && !wiki {
		t.setPlace(s, false)
	}
}

// readGitHubMedia reads media.githubusercontent.com/media/OWNER/NAME/REVISION/PATH.
func readGitHubMedia(t *Target, s segments) {
	if s.next() == "media" {
		readGitHubRaw(t, s)
	}
}

func readGist(t *Target, s segments) {
	if s.next() != "" {
		t.Meaning = Gist
	}
}

// readGitLab reads GROUP/.../PROJECT, then "/-/" and a view; older addresses have the view without "-".
func readGitLab(t *Target, s segments) {
	const maxDepth = 21 // 20 groups and the project
	first := s.next()
	group := first == "groups" || first == "users"
	if group {
		first = s.next()
	}
	switch first {
	case "api":
		if s.next() == "v4" {
			readGitLabAPI(t, s)
		}
		return
	case "-":
		if s.next() == "snippets" && s.next() != "" {
			t.Meaning = Gist
		}
		return
	case "snippets":
		if s.next() != "" {
			t.Meaning = Gist
		}
		return
	}
	parts := append(make([]string, 0, 4), first)
	view := ""
	for part := s.next(); part != ""; part = s.next() {
		if part == "-" {
			view = s.next()
			break
		}
		if (group || len(parts) >= 2) && isGitLabView(part) {
			view = part
			break
		}
		if parts = append(parts, part); len(parts) > maxDepth {
			return
		}
		if isBare(part) {
			break
		}
	}
	last := len(parts) - 1
	if group || last == 0 {
		t.setProject(strings.Join(parts, "/"), "", isGroup)
		return
	}
	if !t.setProject(strings.Join(parts[:last], "/"), parts[last], isGroup) {
		return
	}
	switch view {
	case "tree", "blob", "raw", "blame", "edit", "commits":
		t.setPlace(s, view == "tree")
	case "commit":
		t.setRevision(s.next())
	case "tags":
		t.SetVersion(s.rest())
	case "releases":
		if tag := s.next(); tag != "permalink" {
			t.SetVersion(tag)
		}
	case "archive":
		revision := s.folder() // the last element names the file
		t.setArchive(revision.rest())
	}
}

// isGitLabView reports whether an element below a project is a view and no project: names that GitLab reserves, and
// those of views that had no "-" before them once.
func isGitLabView(s string) bool {
	switch strings.ToLower(s) {
	case "blame", "blob", "commit", "commits", "edit", "files", "find_file", "issues", "merge_requests", "new", "raw", "refs", "tags",
		"tree", "wikis":
		return true
	}
	return false
}

// readGitLabAPI reads projects/ID/... and groups/ID, where ID is the path with encoded slashes. A number does not tell.
func readGitLabAPI(t *Target, s segments) {
	kind, id := s.next(), s.next()
	switch {
	case strings.Trim(id, "0123456789") == "":
	case kind == "groups":
		readGitLab(t, segments("groups/"+id))
	case kind == "projects" && strings.Contains(id, "/"):
		readGitLab(t, segments(id))
	}
}

// readGitea reads OWNER/NAME/... of Gitea and Forgejo.
func readGitea(t *Target, s segments) {
	owner := s.next()
	if owner == "org" {
		owner, s = s.next(), ""
	}
	if owner == "api" {
		if s.next() == "v1" {
			readGiteaAPI(t, s)
		}
		return
	}
	name := s.next()
	if name == "-" { // OWNER/-/packages and the like
		name = ""
	}
	if !t.setProject(owner, name, isGiteaOwner) {
		return
	}
	switch view := s.next(); view {
	case "src", "raw", "media", "blame", "commits", "rss":
		switch kind := s.next(); kind {
		case "branch", "commit", "tag":
			t.setRevision(s.next())
			t.setSubpath(s.rest())
			t.Pinned = view == "src" && kind == "tag" && t.Revision != "" && t.Subpath == ""
		}
	default:
		t.setPage(view, s)
	}
}

func readGiteaAPI(t *Target, s segments) {
	switch s.next() {
	case "orgs", "users":
		readGitea(t, s.first())
	case "repos":
		if !t.setProject(s.next(), s.next(), isGiteaOwner) {
			return
		}
		switch s.next() {
		case "releases":
			if s.next() == "tags" {
				t.SetVersion(s.rest())
			}
		case "tags":
			t.SetVersion(s.rest())
		case "archive":
			t.setArchive(s.rest())
		case "contents", "raw":
			t.setSubpath(s.rest())
		}
	}
}

// readSourceHut reads ~USER/NAME/... of git.sr.ht. Only tags are taken from its pages.
func readSourceHut(t *Target, s segments) {
	user := s.next()
	if !strings.HasPrefix(user, "~") || !t.setProject(user, s.next(), isSourceHutUser) {
		return
	}
	switch s.next() {
	case "refs":
		t.SetVersion(s.rest())
	case "archive":
		t.setArchive(s.rest())
	}
}

// readBitbucket reads WORKSPACE/NAME/... of bitbucket.org. Only tags are taken from its pages.
func readBitbucket(t *Target, s segments) {
	workspace := s.next()
	if workspace == "snippets" {
		if s.next() != "" {
			t.Meaning = Gist
		}
		return
	}
	name := s.next()
	if strings.EqualFold(name, "workspace") { // WORKSPACE/workspace/overview and the like
		name = ""
	}
	if !t.setProject(workspace, name, isWorkspace) {
		return
	}
	switch s.next() {
	case "get":
		t.setArchive(s.rest())
	case "commits":
		if s.next() == "tag" {
			t.SetVersion(s.rest())
		}
	}
}

// readBitbucketAPI reads api.bitbucket.org/2.0/repositories/WORKSPACE/NAME.
func readBitbucketAPI(t *Target, s segments) {
	if s.next() == "2.0" && s.next() == "repositories" {
		readBitbucket(t, segments(s.next()+"/"+s.next()))
	}
}

// readPlainGit takes the whole path for a repository: the operator listed the host as a server of such.
func readPlainGit(t *Target, s segments) { readGitPath(t, s, true) }

// readGitPath reads the path of a repository up to its first element NAME.git, which is kept, for servers tell the two
// spellings apart. Without such an element the path is a repository only if whole says so.
func readGitPath(t *Target, s segments, whole bool) {
	if !whole && !strings.Contains(strings.ToLower(string(s)), ".git") {
		return
	}
	var path []string
	for s != "" {
		element, rest, _ := strings.Cut(string(s), "/")
		s = segments(rest)
		if element == "" {
			continue
		}
		decoded := unescape(element)
		if element[0] == '-' || strings.ContainsAny(decoded, "/\\") || strings.ContainsAny(element, "?#") || !isText(decoded) {
			return
		}
		path = append(path, element)
		if isBare(decoded) {
			whole = true
			break
		}
	}
	if whole && len(path) > 0 {
		t.Meaning, t.Name = Repository, strings.Join(path, "/")
	}
}

// isBare reports whether a path's element is spelled as a bare repository is: NAME.git.
func isBare(element string) bool {
	const ext = ".git"
	n := len(element) - len(ext)
	return n > 0 && strings.EqualFold(element[n:], ext)
}

// readPages reads an address of a host OWNER.DOMAIN, where forges publish web pages. The root is made from a repository
// of its own; of any other page the repository is a guess.
func readPages(t *Target, host string, f *forge, s segments) {
	owner, _, _ := strings.Cut(host, ".")
	name, page := f.pages, s.next()
	if name == "" {
		name = host
	}
	if page != "" && !strings.HasSuffix(page, ".html") {
		name = page
	}
	if t.setProject(owner, name, f.owner) && page != "" {
		t.Meaning = Site
	}
}

// setProject makes the target the repository OWNER/NAME, or the owner if there is no name. It reports whether it is a
// repository. A wiki means the repository that it belongs to.
func (t *Target) setProject(owner, name string, isOwner func(string) bool) bool {
	if !isOwner(owner) {
		return false
	}
	if name == "" {
		t.Meaning, t.Name = Owner, owner
		return false
	}
	if isBare(name) {
		name = name[:len(name)-len(".git")]
		if i := len(name) - len(".wiki"); i > 0 && strings.EqualFold(name[i:], ".wiki") {
			name = name[:i]
		}
	}
	if !isName(name) || isBare("x"+name) {
		return false
	}
	t.Meaning, t.Name = Repository, owner+"/"+name
	return true
}

// setPlace reads REVISION/PATH, where the revision may be spelled refs/heads/NAME or refs/tags/NAME. A revision with a
// slash cannot be told from a path without asking the repository: its first element is taken. The page of a whole
// tree at a tag is the tag's page.
func (t *Target) setPlace(s segments, tree bool) {
	revision, tag := s.next(), false
	if revision == "refs" {
		switch s.next() {
		case "heads":
		case "tags":
			tag = true
		default:
			return
		}
		revision = s.next()
	}
	t.setRevision(revision)
	t.setSubpath(s.rest())
	t.Pinned = tree && tag && t.Revision != "" && t.Subpath == ""
}

// setRelease reads what stands behind releases/: tag/TAG, download/TAG/FILE.
func (t *Target) setRelease(s segments) {
	switch s.next() {
	case "tag", "expanded_assets":
		t.SetVersion(s.rest())
	case "download":
		tag := s.folder()
		t.SetVersion(tag.rest())
	}
}

// setArchive reads the revision of an archive, with or without the file's extension. One that says that it is a branch is
// left out; one that says nothing is taken for a tag if it looks like a version.
func (t *Target) setArchive(revision string) {
	for _, ext := range []string{".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".tar", ".zip", ".bundle"} {
		if rest, ok := strings.CutSuffix(revision, ext); ok {
			revision = rest
			break
		}
	}
	if tag, ok := strings.CutPrefix(revision, "refs/tags/"); ok {
		t.SetVersion(tag)
	} else if strings.HasPrefix(revision, "refs/") {
		return
	} else if t.setRevision(revision); strings.ContainsAny(revision, "0123456789") {
		t.SetVersion(revision)
	}
}

// SetVersion makes the tag of a version the revision to be assessed. A commit is carried along, but not assessed: else one
// tool would be assessed as many times as somebody mentions it. What git would not take for a name is dropped.
func (t *Target) SetVersion(tag string) {
	t.setRevision(tag)
	t.Pinned = t.Revision != "" && !isObjectID(tag)
}

// setRevision keeps a revision that git would accept as a name (git check-ref-format) and drops any other.
func (t *Target) setRevision(s string) {
	const maxRevision = 255
	if s == "" || len(s) > maxRevision || !isText(s) || strings.ContainsAny(s, " ~^:?*[\\") || strings.ContainsAny(s[:1], "-./") ||
		strings.Contains(s, "..") || strings.Contains(s, "@{") || strings.Contains(s, "//") || strings.HasSuffix(s, "/") ||
		strings.HasSuffix(s, ".") || strings.HasSuffix(s, ".lock") {
		return
	}
	t.Revision = s
}

// setSubpath keeps a path that stays inside the repository and drops any other.
func (t *Target) setSubpath(s string) {
	if isText(s) && isPath(strings.ReplaceAll(s, "%", "")) {
		t.Subpath = s
	}
}

// isText reports whether decoded text is valid and free of control characters.
func isText(s string) bool {
	return utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return r < ' ' || 0x7f <= r && r < 0xa0 }) < 0
}

// isObjectID reports whether a revision looks like a commit rather than like a version made of digits.
func isObjectID(s string) bool {
	const shortest, surely = 7, 20
	return len(s) >= shortest && strings.Trim(s, "0123456789abcdefABCDEF") == "" &&
		(len(s) >= surely || strings.ContainsAny(s, "abcdefABCDEF"))
}

// isName reports whether s can be the name of a repository: GitHub's rule, which the other forges' names keep to.
func isName(s string) bool {
	const maxName = 100
	return len(s) <= maxName && isWord(s, "-_.") && s != "." && s != ".." && s[0] != '-'
}

// isGitHubOwner reports whether s can be a user or an organisation of GitHub: no name of its own pages. It is lenient about
// GitHub's rule, for there are old names that break it.
func isGitHubOwner(s string) bool {
	switch strings.ToLower(s) {
	case "about", "account", "advisories", "apps", "codespaces", "collections", "contact", "customer-stories", "dashboard",
		"enterprise", "enterprises", "events", "explore", "features", "images", "issues", "join", "login", "logout",
		"marketplace", "new", "notifications", "organizations", "orgs", "pricing", "pulls", "readme", "resources", "search",
		"security", "session", "sessions", "settings", "signup", "site", "solutions", "sponsors", "stars", "team", "topics",
		"trending", "users", "api":
		return false
	}
	return len(s) <= 62 && isWord(s, "-_") && s[0] != '-'
}

// isWorkspace reports whether s can be a workspace of Bitbucket.
func isWorkspace(s string) bool {
	switch strings.ToLower(s) {
	case "account", "blog", "dashboard", "product", "repo", "site", "snippets", "support":
		return false
	}
	return len(s) <= 62 && isWord(s, "-_") && s[0] != '-'
}

// isGiteaOwner reports whether s can be a user or an organisation of Gitea.
func isGiteaOwner(s string) bool {
	switch strings.ToLower(s) {
	case "about", "admin", "assets", "attachments", "avatar", "avatars", "captcha", "devtest", "explore", "help", "issues", "login",
		"metrics", "milestones", "notifications", "notification", "org", "pulls", "repo", "repo-avatars", "search", "user", "users", "v2", "api":
		return false
	}
	return len(s) <= 100 && isWord(s, "-_.") && s[0] != '-' && s[0] != '.'
}

// isGroup reports whether s can be a user or a group of GitLab, with its parents.
func isGroup(s string) bool {
	first, _, _ := strings.Cut(s, "/")
	switch strings.ToLower(first) {
	case "abuse_reports", "admin", "assets", "dashboard", "explore", "files", "groups", "health_check", "help", "import", "invites", "jwt",
		"login", "oauth", "profile", "projects", "public", "search", "uploads", "users", "v2", "api", "snippets":
		return false
	}
	for part := range strings.SplitSeq(s, "/") {
		if len(part) > 255 || !isWord(part, "-_.") || part[0] == '-' || part[0] == '.' || isBare(part) {
			return false
		}
	}
	return true
}

func isSourceHutUser(s string) bool {
	return len(s) <= 64 && len(s) > 1 && s[0] == '~' && isWord(s[1:], "-_") && s[1] != '-'
}

// isWord reports whether s is not empty and has only ASCII letters, digits and the given others.
func isWord(s, others string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(others, c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}
