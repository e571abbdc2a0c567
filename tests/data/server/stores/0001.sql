BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE rulesets (
	digest VARCHAR(64) NOT NULL, 
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(50) NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (digest), 
	CONSTRAINT one_text_a_version UNIQUE (id, version)
);
INSERT INTO "rulesets" VALUES('499a12141ccfcda6fe2468c87b66ad8d00833cdbccf47777a3ccf05865ac0219','test.months','1.0.0','# A rule with one threshold, which an amendment raises: for the tests of a ruleset''s life.
ruleset: test.months
version: 1.0.0
kind: evaluation
title: {vi: Xếp loại theo tháng, en: Rating by months}
effective: {from: 2020-01-01}

outcomes: [low, high]
sources: {law: {title: {vi: Luật thử, en: Test law}, issued: 2019-12-01}}

facts:
  months: {type: number, unit: month, allowed: "[0..12]", label: {vi: Số tháng, en: Months}}
  group: {type: text, label: {vi: Nhóm, en: Group}}

parameters:
  months_needed: [{from: 2020-01-01, value: 6, cite: law 1.1}]

criteria:
  served:
    label: {vi: đủ số tháng, en: the months are served}
    holds: months >= months_needed
    cite: law 1.1
  grouped:
    label: {vi: có nhóm, en: has a group}
    holds: group != ""
    advisory: true
    cite: law 1.2

decision:
  ladder: {high: [served]}
  otherwise: low
');
COMMIT;
