package outbound

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Answers keeps answers of web APIs, so that a server need only say that one still holds. It may forget; a value must not be
// changed after it was handed over.
type Answers interface {
	// Get returns what was put under the key and is not older than its lifetime.
	Get(ctx context.Context, key string) (value []byte, found bool, err error)
	// Put keeps a value for at most lifetime.
	Put(ctx context.Context, key string, value []byte, lifetime time.Duration) error
}

const (
	answerVersion = "1"
	answerFor     = 30 * 24 * time.Hour // how long an answer is kept
	keptLimit     = 4 << 20             // bytes of the largest answer that is kept, packed
)

// answerKey returns the key of the answer to a request: what it asks for, in which form, and with whose eyes.
func answerKey(r *http.Request, token string) string {
	h := sha256.New()
	for _, part := range []string{r.URL.String(), r.Header.Get("Accept"), token} {
		fmt.Fprintf(h, "%s\x00", part)
	}
	return "answer/" + answerVersion + "/" + hex.EncodeToString(h.Sum(nil))
}

// kept returns the answer that was kept to a request, nil for none. A store that fails only costs the saving.
func (a *API) kept(r *http.Request, key string) *http.Response {
	if a.answers == nil {
		return nil
	}
	value, found, err := a.answers.Get(r.Context(), key)
	if err != nil || !found {
		return nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(value))
	if err != nil {
		return nil
	}
	answer, err := http.ReadResponse(bufio.NewReader(unpacked), r)
	if err != nil || answer.Header.Get("Etag") == "" {
		return nil
	}
	answer.Body = &bounded{answer.Body, AnswerLimit}
	return answer
}

// keep keeps an answer that can be asked for conditionally, and returns it to be read.
func (a *API) keep(ctx context.Context, key string, answer *http.Response) (*http.Response, error) {
	if a.answers == nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Etag") == "" {
		return answer, nil
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body.Close()
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	wired := http.Response{
		StatusCode: answer.StatusCode, ProtoMajor: 1, ProtoMinor: 1, ContentLength: int64(len(body)),
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)),
	}
	for _, name := range []string{"Etag", "Link", "Content-Type"} {
		if v := answer.Header.Get(name); v != "" {
			wired.Header.Set(name, v)
		}
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := wired.Write(w); err == nil && w.Close() == nil && packed.Len() <= keptLimit {
		_ = a.answers.Put(ctx, key, packed.Bytes(), answerFor) // a store that fails only costs the saving
	}
	return answer, nil
}
