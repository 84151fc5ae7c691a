package kener

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// DefaultTolerance is how far the clocks of sender and receiver may be apart.
const DefaultTolerance = 5 * time.Minute

const (
	secretPrefix    = "whsec_"
	signatureScheme = "v1,"
)

// VerifyWebhook returns the event in a webhook's request if it is from Kener: signed with this
// secret ("whsec_…"), by the Standard Webhooks scheme, not longer ago than the tolerance. Zero
// stands for [DefaultTolerance]. The body must be as it came, byte by byte.
//
// The error is [ErrBadSignature] or [ErrBadTimestamp]: answer with 400 or 401, and do nothing. The
// same event can come twice; its ID is then the same.
func VerifyWebhook(body []byte, header http.Header, secret string, tolerance time.Duration) (*Event, error) {
	return verifyAt(body, header, secret, tolerance, time.Now())
}

func verifyAt(body []byte, header http.Header, secret string, tolerance time.Duration, now time.Time) (*Event, error) {
	id, sentAt := header.Get("webhook-id"), header.Get("webhook-timestamp")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return nil, errors.New("kener: the secret is none of a webhook's")
	}
	if err := checkTime(sentAt, tolerance, now); err != nil {
		return nil, err
	}
	if id == "" || !isSigned(body, id, sentAt, header.Values("webhook-signature"), key) {
		return nil, ErrBadSignature
	}
	var event Event
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, fmt.Errorf("kener: the webhook's body is signed, but no event: %w", err)
	}
	event.ID = id
	return &event, nil
}

func checkTime(sentAt string, tolerance time.Duration, now time.Time) error {
	seconds, err := strconv.ParseInt(sentAt, 10, 64)
	if err != nil {
		return fmt.Errorf("%w: it has none", ErrBadTimestamp)
	}
	if tolerance <= 0 {
		tolerance = DefaultTolerance
	}
	at := time.Unix(seconds, 0)
	if at.Before(now.Add(-tolerance)) || at.After(now.Add(tolerance)) {
		return fmt.Errorf("%w: it was signed more than %s from now", ErrBadTimestamp, tolerance)
	}
	return nil
}

// isSigned looks at every signature, as there are several while a secret is replaced.
func isSigned(body []byte, id, sentAt string, signatures []string, key []byte) bool {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + sentAt + "."))
	mac.Write(body)
	expected := []byte(signatureScheme + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	found := false
	for _, several := range signatures {
		for _, each := range strings.Fields(several) {
			// Not left early: how long it takes tells nothing.
			if hmac.Equal([]byte(each), expected) {
				found = true
			}
		}
	}
	return found
}
