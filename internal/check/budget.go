package check

import (
	"cmp"
	"path"
	"slices"

	"misp-csirt-tooling/internal/document"
	"misp-csirt-tooling/internal/repo"
)

// maxJudged is how many bytes of text are judged of one repository, each counted as often as there are checks that read it.
// Texts made to be slow take up to a quarter of a microsecond a byte; the largest of some 120 repositories of this field has
// 13 MB, most have less than one.
const maxJudged = 16 << 20

// maxProse is how many bytes of a document count, as no more of it is read.
const maxProse = 256 << 10

// unjudged is why a file that was collected is not judged.
const unjudged = "the texts are too large to judge together"

// portion is a file as one check reads it.
type portion struct {
	check *Check
	file  int
}

// beyond returns what exceeds maxJudged: the least telling files, nil for nothing.
func (r *Reading) beyond(limit int) map[portion]bool {
	type ranked struct {
		portion
		rank int
	}
	var all []ranked
	total := 0
	for i, picks := range r.picks() {
		for _, p := range picks {
			if f := &r.tree.files[p.file]; f.Text.Known() {
				all = append(all, ranked{portion{All[i], p.file}, p.rank})
				total += size(f)
			}
		}
	}
	if total <= limit {
		return nil
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	weights := map[int]int{}
	out := map[portion]bool{}
	left := limit
	for _, p := range all {
		if left > 0 {
			weight, known := weights[p.file]
			if !known {
				weight = r.lib.weight(&r.tree.files[p.file])
				weights[p.file] = weight
			}
			left -= weight
		}
		if left <= 0 {
			out[p.portion] = true
		}
	}
	return out
}

// documents are the endings of documents.
var documents = map[string]bool{"": true, ".md": true, ".markdown": true, ".rst": true, ".adoc": true, ".html": true, ".txt": true}

// size returns how many bytes of a file count at most.
func size(f *repo.File) int {
	if documents[path.Ext(f.Path)] {
		return min(len(f.Text.Value), maxProse)
	}
	return len(f.Text.Value)
}

// weight returns how many bytes of a file count: code in documents is passed over.
func (l *library) weight(f *repo.File) int {
	weight := size(f)
	if !documents[path.Ext(f.Path)] {
		return weight
	}
	for _, b := range l.document(f).Blocks {
		if b.Kind == document.Code {
			weight -= len(b.Text)
		}
	}
	return max(weight, 0)
}
