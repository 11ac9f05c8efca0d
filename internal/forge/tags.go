package forge

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"misp-csirt-tooling/internal/repo"
)

// Limits on tags.
const (
	maxTags    = 20_000    // tags
	maxTag     = 512 << 10 // bytes of a tag, or of a commit that one names
	maxMessage = 16 << 10  // bytes of a tag's message
	maxTold    = 2 << 20   // bytes of the messages of all tags, the newest first
	maxNesting = 5         // tags from one to the next
)

// tag is a tag object, or what is known of an object that a tag names.
type tag struct {
	object, kind string // what it names: "commit" and itself for a commit
	annotated    bool
	at           time.Time // zero if there is no tagger
	message      string
	signature    string
}

// parseTag reads a tag as it is stored.
func parseTag(raw []byte) tag {
	t := tag{annotated: true}
	head, message := parseObject(string(raw))
	for _, h := range head {
		switch h.key {
		case "object":
			t.object = h.value
		case "type":
			t.kind = h.value
		case "tagger":
			_, _, t.at = parseIdentity(h.value)
		case "gpgsig", "gpgsig-sha256":
			t.signature = h.value
		}
	}
	if i := signatureStart(message); i >= 0 {
		t.signature, message = message[i:], message[:i]
	}
	t.message = cut(strings.TrimSpace(valid(message)), maxMessage)
	return t
}

// tags returns the tags that lead to a commit, newest first, of object ids by name. What cannot be read is a gap.
func (r *reader) tags(ctx context.Context, named map[string]string) repo.Fact[[]repo.Tag] {
	if len(named) > maxTags {
		return repo.Missing[[]repo.Tag](repo.TooLarge, fmt.Sprintf("more than %d tags", maxTags))
	}
	if len(named) == 0 {
		return repo.Known[[]repo.Tag](nil)
	}
	known, err := r.readTags(ctx, slices.Collect(maps.Values(named)))
	if err != nil {
		return missing[[]repo.Tag](ctx, err)
	}
	type signed struct {
		repo.Tag
		signature string
	}
	var found []signed
	for name, oid := range named {
		first := known[oid]
		last := first
		at := first.at
		for range maxNesting {
			if last.kind != "tag" {
				break
			}
			last = known[last.object]
		}
		if last.kind != "commit" {
			continue
		}
		if at.IsZero() {
			at = known[last.object].at
		}
		found = append(found, signed{repo.Tag{
			Name: valid(name), Commit: last.object, Time: at, Annotated: first.annotated, Message: first.message,
			Signature: repo.Signature{Scheme: schemeOf(first.signature)},
		}, first.signature})
	}
	slices.SortFunc(found, func(a, b signed) int { return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Name, a.Name)) })
	tags := make([]repo.Tag, len(found))
	for i := range found {
		tags[i] = found[i].Tag
		if i < maxKeyIDs {
			tags[i].Signature.KeyID = issuer(found[i].signature)
		}
	}
	boundMessages(tags, maxTold)
	return repo.Known(tags)
}

// boundMessages removes the messages of the oldest tags, so that those of all have at most limit bytes.
func boundMessages(tags []repo.Tag, limit int) {
	for i := range tags {
		if limit -= len(tags[i].Message); limit < 0 {
			tags[i].Message = ""
		}
	}
}

// readTags reads tag objects with those that they name, and the commits whose date is needed. Others are left out.
func (r *reader) readTags(ctx context.Context, oids []string) (map[string]tag, error) {
	objects, err := r.open(ctx)
	if err != nil {
		return nil, err
	}
	defer objects.stop()
	known := map[string]tag{}
	for range maxNesting + 1 {
		slices.Sort(oids)
		oids = slices.Compact(oids)
		found, err := objects.info(oids)
		if err != nil {
			return nil, err
		}
		var read, next []string
		for _, o := range found {
			if (o.kind == "tag" || o.kind == "commit") && o.size <= maxTag {
				read = append(read, o.oid)
			}
		}
		err = objects.contents(read, func(o object, content []byte) {
			if o.kind == "commit" {
				c, _ := parseCommit(string(content))
				known[o.oid] = tag{object: o.oid, kind: "commit", at: c.Time}
				return
			}
			t := parseTag(content)
			known[o.oid] = t
			if _, ok := known[t.object]; !ok && objectID.MatchString(t.object) && (t.kind == "tag" || t.kind == "commit" && t.at.IsZero()) {
				next = append(next, t.object)
			}
		})
		if err != nil || len(next) == 0 {
			return known, err
		}
		oids = next
	}
	return known, nil
}
