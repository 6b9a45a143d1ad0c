// SPDX-License-Identifier: Apache-2.0
// Two members with @grpc/grpc-js, as its programmers would write them: Maria sends,
// Petra receives. Prints what happened as JSON; test_stock_javascript.py judges it.
//
//     stock_client.js < {"address", "proto", "ca", "maria": {...}, "petra": {...}}
//
// of which a member is {"urn", "unit", "certificate", "key"}, all files by their paths.
'use strict';

const crypto = require('crypto');
const fs = require('fs');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const protobuf = require('protobufjs');

const PART_BYTES = 65536;
const stage = JSON.parse(fs.readFileSync(0));
const files = ['message', 'body_service', 'inbox_service', 'referral_service']
	.map((name) => `stafett/v1/${name}.proto`)
	.concat('google/rpc/status.proto', 'google/rpc/error_details.proto');
const options = { keepCase: true, longs: String, defaults: true, includeDirs: [stage.proto] };
const contract = grpc.loadPackageDefinition(loader.loadSync(files, options)).stafett.v1;
const root = new protobuf.Root();
root.resolvePath = (origin, target) =>
	fs.existsSync(`${stage.proto}/${target}`) ? `${stage.proto}/${target}` : target;
root.loadSync(files, { keepCase: true });

const pack = (type, value) => Buffer.from(root.lookupType(type).encode(value).finish());
const unpack = (type, bytes) => root.lookupType(type).toObject(root.lookupType(type).decode(bytes));

function uuid7() {
	const bytes = crypto.randomBytes(16);
	bytes.writeUIntBE(Date.now(), 0, 6);
	bytes[6] = 0x70 | (bytes[6] & 0x0f);
	bytes[8] = 0x80 | (bytes[8] & 0x3f);
	return bytes.toString('hex').replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

class Member {
	constructor(about) {
		const read = (path) => fs.readFileSync(path);
		const credentials = grpc.credentials.createSsl(
			read(stage.ca), read(about.key), read(about.certificate));
		Object.assign(this, about);
		this.referrals = new contract.ReferralService(stage.address, credentials);
		this.inbox = new contract.InboxService(stage.address, credentials);
		this.bodies = new contract.BodyService(stage.address, credentials);
	}

	metadata() {
		const metadata = new grpc.Metadata();
		metadata.set('stafett-unit', this.unit);
		return metadata;
	}

	// A promise of a unary call's answer.
	call(service, method, request, timeoutMs = 60000) {
		return new Promise((resolve, reject) => {
			this[service][method](request, this.metadata(), { deadline: Date.now() + timeoutMs },
				(error, answer) => (error ? reject(error) : resolve(answer)));
		});
	}

	header(more) {
		const now = Date.now();
		return pack('stafett.v1.Header', {
			id: uuid7(), from_unit: this.unit, from_member: this.urn,
			create_time: { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1e6 }, ...more,
		});
	}

	sendRequest(to, body) {
		const header = this.header({
			to_units: [to],
			send: {
				kind: 'care-request', needs: ['alcohol'], person_informed: true,
				help_request_date: new Date().toISOString().slice(0, 10),
				legal_basis: { code: 'need-of-care' },
			},
		});
		return { header, card: { data: Buffer.from('a card') }, body, suite: 'none' };
	}

	// Streams |data| up; gives the claim and how far it came.
	upload(data) {
		const sha256 = crypto.createHash('sha256').update(data).digest();
		const claim = { id: uuid7(), sha256, size: data.length };
		return new Promise((resolve, reject) => {
			const stream = this.bodies.Upload(this.metadata(),
				(error, answer) => (error ? reject(error) : resolve([claim, answer.progress])));
			stream.write({ start: { upload: claim } });
			for (let at = 0; at < data.length; at += PART_BYTES)
				stream.write({ data: data.subarray(at, at + PART_BYTES) });
			stream.end();
		});
	}

	// The parts of the body that came with an inbox |item|.
	async fetch(item) {
		const parts = [];
		const where = { referral: item.referral, message: item.id, from_unit: item.from_unit };
		for await (const part of this.bodies.Fetch(where, this.metadata()))
			parts.push(part.data);
		return parts;
	}

	acknowledgement(item) {
		const { content_hash, referral, chain, version } = item;
		return { id: uuid7(), message: item.id, content_hash, referral, chain, version };
	}
}

// What a refusal says, with its details unpacked.
async function refusal(promise) {
	const error = await promise.then(() => null, (refused) => refused);
	const [raw] = error.metadata.get('grpc-status-details-bin');
	const status = raw ? unpack('google.rpc.Status', raw) : { details: [] };
	const details = status.details.map((any) => {
		const type = any.type_url.split('/').pop();
		return [type, unpack(type, any.value)];
	});
	return { code: grpc.status[error.code], details: Object.fromEntries(details) };
}

// A stream that its reader gives up after the first part: the code it ends with.
function cancelled(member, item) {
	return new Promise((resolve) => {
		const where = { referral: item.referral, message: item.id, from_unit: item.from_unit };
		const stream = member.bodies.Fetch(where, member.metadata());
		stream.once('data', () => stream.cancel());
		stream.on('error', (error) => resolve(grpc.status[error.code]));
	});
}

// Watches |member|'s inbox and, once all of it has come, lets |change| happen: gives
// the item of the referral that |change| promises.
async function watched(member, change) {
	const stream = member.inbox.Watch({}, member.metadata());
	let wanted = null;
	stream.on('error', () => {}); // that we cancelled it
	for await (const message of stream) {
		const item = message.items.find((each) => each.referral === wanted);
		if (item) {
			stream.cancel();
			return item;
		}
		if (message.current && !wanted)
			wanted = await change();
	}
	throw new Error('the watch has ended');
}

// The item of |referral| in |member|'s inbox, on whatever page it is.
async function itemOf(member, referral) {
	let page = { next_page_token: '' };
	do {
		page = await member.call('inbox', 'List', { page_size: 100, page_token: page.next_page_token });
		const item = page.items.find((each) => each.referral === referral);
		if (item)
			return item;
	} while (page.next_page_token);
	throw new Error('it is not in the inbox');
}

async function story() {
	const maria = new Member(stage.maria), petra = new Member(stage.petra);
	const data = crypto.randomBytes(PART_BYTES * 8 + 1000);
	const [claim, progress] = await maria.upload(data);
	const request = maria.sendRequest(petra.unit, { upload: claim });
	const sent = await maria.call('referrals', 'Send', request);
	const again = await maria.call('referrals', 'Send', request);
	const item = await itemOf(petra, sent.referral);
	const parts = await petra.fetch(item);
	const stale = refusal(petra.call('inbox', 'Acknowledge',
		{ ...petra.acknowledgement(item), content_hash: Buffer.alloc(32) }));
	const unknown = refusal(maria.call('referrals', 'Send', maria.sendRequest('skane/no-such-unit', {})));
	const late = refusal(maria.call('referrals', 'Get', { id: sent.referral }, -1));
	const facts = {
		upload: progress,
		code: sent.code,
		message: unpack('stafett.v1.Header', request.header).id,
		same_receipt: sent.receipt.equals(again.receipt),
		receipt: unpack('stafett.v1.Receipt', sent.receipt).durability,
		item: { from_unit: item.from_unit, card: item.card.data.toString(), needs: item.needs },
		parts: parts.length,
		same_body: Buffer.concat(parts).equals(data),
		stale: await stale, unknown: await unknown, late: await late,
		cancelled: await cancelled(petra, item),
		watched: (await watched(petra, async () => {
			const news = maria.sendRequest(petra.unit, { data: Buffer.from('news') });
			return (await maria.call('referrals', 'Send', news)).referral;
		})).needs,
	};
	await petra.call('inbox', 'Acknowledge', petra.acknowledgement(item));
	const read = await petra.call('referrals', 'Get', { id: sent.code });
	return { ...facts, events: read.events.map((event) => event.kind) };
}

story().then((facts) => {
	process.stdout.write(JSON.stringify(facts));
	process.exit(0);
}, (error) => {
	console.error(error);
	process.exit(1);
});
