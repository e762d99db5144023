package incident

import "math"

// RatePolicy is the kind of policies whose body is a CostRate: one for each service that has its own, and one for the rest.
const RatePolicy PolicyKind = "cost_rate"

// CostRate says what a minute without a service costs, as the range that people are willing to defend.
type CostRate struct {
	Service  ID      `json:"service,omitempty"` // empty: every service without a rate of its own
	Low      float64 `json:"low"`               // per minute of full impact, in Currency
	High     float64 `json:"high"`
	Currency string  `json:"currency"` // ISO 4217: "EUR"
	Reason   string  `json:"reason"`   // where the range comes from
}

// RateID returns the id of the policy that holds the rate of a service; of the default for "".
func RateID(service ID) ID { return DeriveID("pol", string(RatePolicy), string(service)) }

const highestRate = 1e9

// Validate returns ErrInvalid, naming the field, when the rate is no range or does not say where it comes from.
func (r CostRate) Validate() error {
	switch {
	case !(r.Low >= 0 && r.Low <= highestRate):
		return Invalidf("low", "give an amount per minute from 0 to a thousand million")
	case !(r.High >= r.Low && r.High <= highestRate) || math.IsInf(r.High, 0):
		return Invalidf("high", "give an amount per minute that is not below the low one")
	case !currency(r.Currency):
		return Invalidf("currency", "%q is not a currency; write three capital letters such as EUR", r.Currency)
	case r.Reason == "" || len(r.Reason) > 2000:
		return Invalidf("reason", "say in 1 to 2000 characters where the range comes from")
	}
	return nil
}

func currency(text string) bool {
	for _, r := range text {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return len(text) == 3
}
