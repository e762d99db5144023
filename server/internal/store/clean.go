package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"hindsight/incident"
)

// clean returns a deep copy of v in the form in which it comes back from the database: times in UTC with
// microseconds, texts in valid UTF-8 without NUL (which PostgreSQL cannot store), empty lists nil.
// []byte is shared and left as it is.
func clean[T any](v T) T {
	var out T
	cleanInto(reflect.ValueOf(&out).Elem(), reflect.ValueOf(&v).Elem())
	return out
}

func cleanInto(dst, src reflect.Value) {
	if at, ok := src.Interface().(time.Time); ok {
		dst.Set(reflect.ValueOf(at.UTC().Truncate(time.Microsecond)))
		return
	}
	switch src.Kind() {
	case reflect.String:
		dst.SetString(cleanText(src.String()))
	case reflect.Struct:
		for i := range src.NumField() {
			cleanInto(dst.Field(i), src.Field(i))
		}
	case reflect.Pointer:
		if !src.IsNil() {
			dst.Set(reflect.New(src.Type().Elem()))
			cleanInto(dst.Elem(), src.Elem())
		}
	case reflect.Slice:
		cleanSlice(dst, src)
	case reflect.Map:
		cleanMap(dst, src)
	default:
		dst.Set(src)
	}
}

func cleanSlice(dst, src reflect.Value) {
	if src.Type().Elem().Kind() == reflect.Uint8 {
		dst.Set(src)
		return
	}
	if src.Len() == 0 {
		return
	}
	dst.Set(reflect.MakeSlice(src.Type(), src.Len(), src.Len()))
	for i := range src.Len() {
		cleanInto(dst.Index(i), src.Index(i))
	}
}

func cleanMap(dst, src reflect.Value) {
	if src.Len() == 0 {
		return
	}
	dst.Set(reflect.MakeMapWithSize(src.Type(), src.Len()))
	for entries := src.MapRange(); entries.Next(); {
		key, value := reflect.New(src.Type().Key()).Elem(), reflect.New(src.Type().Elem()).Elem()
		cleanInto(key, entries.Key())
		cleanInto(value, entries.Value())
		dst.SetMapIndex(key, value)
	}
}

func cleanText(s string) string {
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// digest returns a fingerprint of a cleaned value: equal content, equal digest. It fails with
// ErrInvalid on what has no written form, as a year beyond 9999.
func digest(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("%w: %w", incident.ErrInvalid, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16]), nil
}
