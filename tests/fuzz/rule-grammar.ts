const FIELDS = [
  '{"x-a":"1"}',
  '{"bad name":"1"}',
  '{"x":"\\r\\ny"}',
  '{"x":null}',
  '{"set-cookie":["a","b"]}',
  '{"x":"\\u0000é"}',
];

/** What a rule may say, rightly or nearly so. */
export const RULE = {
  match: [
    '"/a"',
    '"/a/:id"',
    '"/*"',
    '"POST /a"',
    '"(a+)+"',
    '["/a","/b"]',
    '{"path":"/a"}',
    '{"path":"/a","method":["GET"],"headers":{"x":"*"}}',
  ],
  scenario: ['"down"', '""'],
  origin: ['"http://x"', '"ftp://x"', '"x"', '"http://u:p@x"'],
  ttl: ['"5m"', '"0"', '"99999999999999d"', "5"],
  staleWhileRevalidate: ['"1h"'],
  cache: ["false", "true"],
  key: [
    '{"ignore":["utm_*"]}',
    '{"ignore":["*"],"query":"exact"}',
    '{"body":true}',
    '{"body":{"type":"json","ignore":["/a"]}}',
    '{"query":"x"}',
  ],
  request: FIELDS.map((fields) => `{"headers":${fields}}`),
  response: [
    ...FIELDS.map((fields) => `{"headers":${fields}}`),
    '{"status":503,"body":{"a":1}}',
    '{"status":99}',
    '{"status":404.5}',
  ],
  cors: ["true", '{"origins":["*"],"credentials":true}', '{"origins":["http://x"]}'],
  cookies: ['{"secure":false,"domain":"x"}'],
  location: ['"rewrite"'],
  delay: ['"50ms"', '"1s-2s"', '"2s-1s"'],
  bandwidth: ['"50kb/s"', '"0kb/s"'],
  fault: ['"reset"', '"timeout"', '{"type":"reset","rate":0.5}', '{"rate":2}'],
  then: ['"down"', "null"],
  nothing: ["1"],
};
