// Stands inside the answers: three kinds of frame that share one sender. What the requests and the receiver keep to is
// assumed: a byte's source holds what is not taken, one request at a time, an output timestep stays until it is freed.
// What is owed, and whether a frame is under way, as they follow from the ports alone.
reg [7:0] owes_spikes = 0;
reg owes_data = 0, owes_status = 0, under_way = 0, kept = 0, lost_any = 0;
reg [7:0] sent_kind = 0, asked_outcome = 0, told = 0;
wire ends = under_way && sender$done;
wire ends_spikes = ends && sent_kind == `SPIKES;
wire makes_status;
always @(posedge clock) begin
    owes_spikes <= owes_many ? timesteps[7:0] : owes_spikes + owes - ends_spikes;
    owes_data <= reads || owes_data && !(ends && sent_kind == `DATA);
    owes_status <= closes || owes_status && !(ends && sent_kind == `STATUS);
    under_way <= sender_start || under_way && !ends;
    if (sender_start) sent_kind <= kind;
    if (sender_start) told <= status;
    if (closes) asked_outcome <= outcome;
    kept <= !forget && (ends_spikes ? is_step : kept);
    // What a status tells stands fixed before it begins; what is lost from then on is for the next.
    lost_any <= lost_byte || lost_any && !makes_status;
end
// The cycle before.
reg first = 1, was_valid = 0, was_taken = 0, was_free = 0, was_available = 0, was_freed = 0, was_step = 0, was_busy = 0;
reg was_lost = 0, was_any = 0;
reg [7:0] was_byte = 0, was_seq = 0, was_body = 0;
wire any = owes_spikes != 0 || owes_data || owes_status;
wire free = !sender_start && !under_way;
assign makes_status = free && owes_status && !owes_data && owes_spikes == 0;
always @(posedge clock) begin
    first <= 0;
    was_valid <= byte_valid;
    was_taken <= byte_valid && byte_ready;
    was_byte <= byte_out;
    was_seq <= seq;
    was_body <= body_byte;
    was_step <= is_step;
    was_busy <= busy;
    was_free <= free;
    was_any <= owes_spikes != 0 ? output_available : any;
    was_available <= output_available;
    was_freed <= output_free;
    was_lost <= lost_any;
end
always @* begin
    // A request is over before the next; its spikes and data are owed before its status, or with it.
    if (owes_status || owes_data) assume (!reads && !closes && !owes && !owes_many);
    assume (!reads || closes);
    assume (!forget || !busy && !owes && !owes_many);
    assume (!owes_many || !owes && owes_spikes == 0 && timesteps != 0 && timesteps < 256);
    assume (!owes || owes_spikes < 255);
    // Without a request only a header ends the time of an operation.
    assume (first || !was_busy || is_step == was_step && seq == was_seq);
    if (was_valid && !was_taken) assume (body_byte == was_body);
    if (was_available && !was_freed) assume (output_available);
    // A STEP's spikes are kept, and another request's begin only when they are forgotten.
    if (kept && owes_spikes != 0) assume (is_step);
end
always @* begin
    // Nothing owed is forgotten or answered twice, and no byte of a request is taken before the answer is whole.
    assert (owed$q == owes_spikes);
    assert (reads_state == owes_data);
    assert (hold == (owes_data || owes_status || loading));
    assert (busy == (hold || owes_spikes != 0));
    assert (held == kept);
    // One frame at a time, and in order: spikes, data, status.
    assert (!sender_start || !under_way);
    if (sender_start) begin
        assert (any);
        assert ((kind == `SPIKES) == (owes_spikes != 0));
        assert ((kind == `DATA) == (owes_spikes == 0 && owes_data));
        assert ((kind == `STATUS) == (owes_spikes == 0 && !owes_data && owes_status));
    end
    if (under_way) begin
        assert (kind == sent_kind);
        assert (sent_kind != `SPIKES || owes_spikes != 0);
        assert (sent_kind != `DATA || owes_data && owes_spikes == 0);
        assert (sent_kind != `STATUS || owes_status && !owes_data && owes_spikes == 0);
        assert (sent_kind == `SPIKES || sent_kind == `DATA || sent_kind == `STATUS);
    end
    // What can be sent begins in the cycle after.
    if (!first) assert (sender_start == (was_free && was_any));
    // No spikes but those that are there, and none freed that are not.
    if (sender_start && kind == `SPIKES || under_way && sent_kind == `SPIKES) assert (output_available);
    assert (!output_free || output_available);
    assert (!ends_spikes || output_free == !is_step);
    // A byte stands until it is taken.
    if (was_valid && !was_taken) assert (byte_valid && byte_out == was_byte);
    assert (!byte_valid || under_way);
    // The status is what was asked for, or that a byte was lost that no status told of.
    if (sender_start && kind == `STATUS) assert (status == (was_lost ? `OVERRUN : asked_outcome));
    if (under_way && sent_kind == `STATUS) assert (status == told);
    // Where the registers are, without which the induction knows nothing of them.
    assert (sending$q == under_way && sender$idle == !under_way);
    assert (lost$q == lost_any);
    assert (closing$q == owes_status);
    assert (!kept || output_available);
    if (owes_status && !(sender_start && kind == `STATUS) && !(under_way && sent_kind == `STATUS))
        assert (status == asked_outcome);
end
