package provider

import (
	"context"
	"errors"
	"maps"
	"reflect"

	"github.com/luikyv/go-oidc/pkg/goidc"
)

// DetailPayment is the one type of authorization details (RFC 9396) that this provider knows.
const DetailPayment = "payment"

// Account is where a payment is made from. The user would choose it; the provider adds it to what it grants (section 7.1).
const Account = "DE00 1234"

func checkDetail(_ context.Context, d goidc.AuthDetail) error {
	if payee, ok := d["payee"].(string); !ok || payee == "" {
		return errors.New("a payment has a payee")
	}
	return nil
}

// sameDetails lets a token request ask for what was granted, and for nothing else.
func sameDetails(_ context.Context, requested, granted []goidc.AuthDetail) error {
	if !reflect.DeepEqual(requested, granted) {
		return errors.New("something else was granted")
	}
	return nil
}

// grantDetails is what a consenting user grants of what was asked.
func grantDetails(asked []goidc.AuthDetail) (granted []goidc.AuthDetail) {
	for _, d := range asked {
		d = maps.Clone(d)
		d["account"] = Account
		granted = append(granted, d)
	}
	return granted
}
