"""The language everything in crmrisk speaks: measures, events, customers, portfolios, scores, the scorer contract."""
